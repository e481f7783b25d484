import Core

/// `name=value` on the command line.
struct AttributeAssignment: Sendable {
    let attribute: ExtendedAttribute

    /// nil without a name or `=`, and for a value that is not hex behind its `0x`.
    init?(_ text: String) {
        guard let equals = text.firstIndex(of: "="), equals != text.startIndex else { return nil }
        self.init(String(text[..<equals]), String(text[text.index(after: equals)...]))
    }

    init?(_ name: String, _ value: String) {
        guard let bytes = ExtendedAttribute.bytes(ofText: value) else { return nil }
        attribute = AttributeName(name).attribute(bytes)
    }

    /// The operands of `xattr set` and `publish`: `name=value ...`, or one `name value`. nil when they are neither.
    static func list(_ operands: [String]) -> [AttributeAssignment]? {
        if operands.count == 2, !operands[0].contains("=") {
            return AttributeAssignment(operands[0], operands[1]).map { [$0] }
        }
        let parsed = operands.compactMap { AttributeAssignment($0) }
        return parsed.count == operands.count && !parsed.isEmpty ? parsed : nil
    }
}
