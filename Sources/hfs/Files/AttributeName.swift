import Core

/// An extended attribute's name as the command line writes it: `user.color`, or `color` for the same.
struct AttributeName: Sendable {
    let namespace: ExtendedAttribute.Namespace
    let name: String

    init(_ text: String) {
        for namespace in ExtendedAttribute.Namespace.allCases where text.lowercased().hasPrefix("\(namespace).") {
            self.namespace = namespace
            name = String(text.dropFirst("\(namespace).".count))
            return
        }
        namespace = .user
        name = text
    }

    func attribute(_ value: [UInt8] = []) -> ExtendedAttribute {
        ExtendedAttribute(namespace: namespace, name: name, value: value)
    }
}

extension ExtendedAttribute {
    var fullName: String { "\(namespace).\(name)" }

    /// The value as text where it is printable text, else as `0x...`.
    var valueText: String {
        if let text = String(validating: value, as: UTF8.self), !text.unicodeScalars.contains(where: { $0.value < 32 }),
            !text.hasPrefix("0x")
        {
            return text
        }
        return "0x" + Format.hex(value)
    }
}
