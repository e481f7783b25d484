import Core

/// `name=value` on the command line.
struct AttributeAssignment: Sendable {
    let attribute: ExtendedAttribute

    /// Throws `.invalidArgument` without a name or `=`, for a namespace that there is not, and for a value that is not hex behind
    /// its `0x`.
    init(_ text: String) throws(HFSError) {
        guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
            throw HFSError(.invalidArgument, "'\(text)' is not name=value")
        }
        try self.init(String(text[..<equals]), String(text[text.index(after: equals)...]))
    }

    private init(_ name: String, _ value: String) throws(HFSError) {
        guard let bytes = ExtendedAttribute.bytes(ofText: value) else {
            throw HFSError(.invalidArgument, "'\(value)' is not hex, as a value behind 0x must be")
        }
        attribute = try AttributeName(name).attribute(bytes)
    }

    /// The operands of `xattr set`: `name=value ...`, or one `name value`. Throws `.invalidArgument` when they are neither.
    static func list(_ operands: [String]) throws(HFSError) -> [AttributeAssignment] {
        if operands.count == 2, !operands[0].contains("=") {
            return [try AttributeAssignment(operands[0], operands[1])]
        }
        guard !operands.isEmpty else { throw HFSError(.invalidArgument, "There is no name=value") }
        var list: [AttributeAssignment] = []
        for operand in operands { list.append(try AttributeAssignment(operand)) }
        return list
    }
}
