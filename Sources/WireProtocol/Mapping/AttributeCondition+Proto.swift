package import Core

extension AttributeCondition {
    /// Conditions of one query, operands counted: far above what a person writes.
    private static let countMax = 256

    /// Throws `.invalidArgument` for a condition without its parts, or too long a one.
    package init(_ proto: Hfs_Filesystem_Condition) throws(HFSError) {
        var count = 0
        try self.init(proto, &count)
    }

    private init(_ proto: Hfs_Filesystem_Condition, _ count: inout Int) throws(HFSError) {
        count += 1
        guard count <= Self.countMax else {
            throw HFSError(.invalidArgument, "A query has at most \(Self.countMax) conditions")
        }
        switch proto.operator {
        case .and: self = .all(try Self.operands(proto, &count))
        case .or: self = .any(try Self.operands(proto, &count))
        case .not:
            let operands = try Self.operands(proto, &count)
            guard operands.count == 1 else { throw HFSError(.invalidArgument, "'not' takes one condition") }
            self = .not(operands[0])
        case .exists: self = .exists(try Self.field(proto))
        case .prefix:
            guard proto.hasText else { throw HFSError(.invalidArgument, "'like' takes a text") }
            self = .prefix(try Self.field(proto), proto.text)
        case .eq: self = try Self.comparison(proto, .equal)
        case .ne: self = try Self.comparison(proto, .notEqual)
        case .lt: self = try Self.comparison(proto, .less)
        case .le: self = try Self.comparison(proto, .lessOrEqual)
        case .gt: self = try Self.comparison(proto, .greater)
        case .ge: self = try Self.comparison(proto, .greaterOrEqual)
        }
    }

    private static func operands(
        _ proto: Hfs_Filesystem_Condition, _ count: inout Int
    ) throws(HFSError) -> [AttributeCondition] {
        guard !proto.operands.isEmpty else { throw HFSError(.invalidArgument, "A condition without operands") }
        var operands: [AttributeCondition] = []
        for operand in proto.operands { operands.append(try AttributeCondition(operand, &count)) }
        return operands
    }

    private static func field(_ proto: Hfs_Filesystem_Condition) throws(HFSError) -> String {
        guard proto.hasAttribute else { throw HFSError(.invalidArgument, "A comparison names an attribute") }
        return proto.attribute
    }

    private static func comparison(
        _ proto: Hfs_Filesystem_Condition, _ comparison: Comparison
    ) throws(HFSError) -> AttributeCondition {
        guard proto.hasNumber != proto.hasText, !proto.number.isNaN else {
            throw HFSError(.invalidArgument, "\(try field(proto)) is compared with a number or a text")
        }
        return .compare(try field(proto), comparison, proto.hasNumber ? .number(proto.number) : .text(proto.text))
    }

    package var proto: Hfs_Filesystem_Condition {
        var proto = Hfs_Filesystem_Condition()
        switch self {
        case .all(let operands):
            proto.operator = .and
            proto.operands = operands.map(\.proto)
        case .any(let operands):
            proto.operator = .or
            proto.operands = operands.map(\.proto)
        case .not(let operand):
            proto.operator = .not
            proto.operands = [operand.proto]
        case .exists(let field):
            proto.operator = .exists
            proto.attribute = field
        case .prefix(let field, let text):
            proto.operator = .prefix
            proto.attribute = field
            proto.text = text
        case .compare(let field, let comparison, let operand):
            proto.operator = comparison.proto
            proto.attribute = field
            switch operand {
            case .number(let number): proto.number = number
            case .text(let text): proto.text = text
            }
        }
        return proto
    }
}

extension AttributeCondition.Comparison {
    var proto: Hfs_Filesystem_Condition.Operator {
        switch self {
        case .equal: .eq
        case .notEqual: .ne
        case .less: .lt
        case .lessOrEqual: .le
        case .greater: .gt
        case .greaterOrEqual: .ge
        }
    }
}
