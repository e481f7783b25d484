import Core

/// A condition with its fields known, ready to be asked of an entry.
indirect enum FindCondition: Sendable {
    enum Operand: Hashable, Sendable {
        case number(Double)
        case text([UInt8])
    }

    case all([FindCondition])
    case any([FindCondition])
    case not(FindCondition)
    case compare(FindField, AttributeCondition.Comparison, Operand)
    case exists(FindField)
    case prefix(FindField, [UInt8])

    /// Throws `.invalidArgument` for a field that there is not, and for a time that is no number.
    init(_ condition: AttributeCondition) throws(HFSError) {
        switch condition {
        case .all(let operands): self = .all(try Self.list(operands))
        case .any(let operands): self = .any(try Self.list(operands))
        case .not(let operand): self = .not(try FindCondition(operand))
        case .exists(let field): self = .exists(try FindField(field))
        case .prefix(let text, let prefix):
            let field = try FindField(text)
            guard field != .modified else { throw HFSError(.invalidArgument, "modified is a time, it has no prefix") }
            self = .prefix(field, Array(prefix.utf8))
        case .compare(let text, let comparison, let operand):
            let field = try FindField(text)
            switch operand {
            case .number(let number): self = .compare(field, comparison, .number(number))
            case .text(let text):
                guard field != .modified else {
                    throw HFSError(.invalidArgument, "modified is compared with milliseconds since 1970")
                }
                self = .compare(field, comparison, .text(Array(text.utf8)))
            }
        }
    }

    private static func list(_ operands: [AttributeCondition]) throws(HFSError) -> [FindCondition] {
        var list: [FindCondition] = []
        for operand in operands { list.append(try FindCondition(operand)) }
        return list
    }

    /// The fields that it looks at.
    var fields: Set<FindField> {
        switch self {
        case .all(let operands), .any(let operands): operands.reduce(into: []) { $0.formUnion($1.fields) }
        case .not(let operand): operand.fields
        case .compare(let field, _, _), .exists(let field), .prefix(let field, _): [field]
        }
    }

    /// Whether an entry meets it; `value` gives a field's bytes, nil for a missing attribute.
    func holds(_ value: (FindField) -> [UInt8]?) -> Bool {
        switch self {
        case .all(let operands): return operands.allSatisfy { $0.holds(value) }
        case .any(let operands): return operands.contains { $0.holds(value) }
        case .not(let operand): return !operand.holds(value)
        case .exists(let field): return value(field) != nil
        case .prefix(let field, let prefix):
            guard let bytes = value(field), bytes.starts(with: prefix) else { return false }
            return Self.isText(field, bytes)
        case .compare(let field, let comparison, let operand):
            guard let bytes = value(field) else { return false }
            return Self.holds(field, bytes, comparison, operand)
        }
    }

    /// Names and the like are texts, whatever they look like.
    private static func isText(_ field: FindField, _ bytes: [UInt8]) -> Bool {
        guard case .attribute = field else { return true }
        return AttributeValue.decimal(bytes) == nil
    }

    private static func holds(
        _ field: FindField, _ bytes: [UInt8], _ comparison: AttributeCondition.Comparison, _ operand: Operand
    ) -> Bool {
        switch operand {
        case .number(let number):
            guard let value = AttributeValue.decimal(bytes) else { return comparison == .notEqual }
            return comparison.holds(value < number ? -1 : value > number ? 1 : 0)
        case .text(let text):
            if comparison == .equal { return bytes == text }
            if comparison == .notEqual { return bytes != text }
            guard isText(field, bytes) else { return false }
            return comparison.holds(bytes == text ? 0 : bytes.lexicographicallyPrecedes(text) ? -1 : 1)
        }
    }
}

extension AttributeCondition.Comparison {
    /// Whether a value that lies so to the operand (-1, 0, 1) meets it.
    fileprivate func holds(_ order: Int) -> Bool {
        switch self {
        case .equal: order == 0
        case .notEqual: order != 0
        case .less: order < 0
        case .lessOrEqual: order <= 0
        case .greater: order > 0
        case .greaterOrEqual: order >= 0
        }
    }
}
