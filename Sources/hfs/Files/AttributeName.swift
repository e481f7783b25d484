import ArgumentParser
import Core

/// An extended attribute's name as the command line writes it: `ml.accuracy`, `user.color`, or `color` for the same.
struct AttributeName: Sendable {
    let namespace: ExtendedAttribute.Namespace
    let name: String

    /// Throws `.invalidArgument` for a name whose part before the first dot is no namespace.
    init(_ text: String) throws(HFSError) {
        if let known = ExtendedAttribute(fullName: text) {
            namespace = known.namespace
            name = known.name
            return
        }
        guard !text.isEmpty, !text.contains(".") else {
            throw HFSError(
                .invalidArgument,
                "'\(text)' is in no namespace of attributes: names begin with \(Self.prefixes), or have no dot and are user's"
            )
        }
        namespace = .user
        name = text
    }

    private static var prefixes: String {
        let all = ExtendedAttribute.ownPrefixes.reversed() + ExtendedAttribute.Namespace.allCases.map { "\($0)." }
        return all.joined(separator: " ")
    }

    func attribute(_ value: [UInt8] = []) -> ExtendedAttribute {
        ExtendedAttribute(namespace: namespace, name: name, value: value)
    }
}

extension ExtendedAttribute {
    /// The value as text where it is printable text, else as `0x...`.
    var valueText: String {
        if let text = String(validating: value, as: UTF8.self), !text.unicodeScalars.contains(where: { $0.value < 32 }),
            !text.hasPrefix("0x")
        {
            return text
        }
        return "0x" + Format.hex(value)
    }

    /// The bytes that a value on the command line stands for: text, or hex behind `0x`; nil for what is not hex.
    static func bytes(ofText value: String) -> [UInt8]? {
        guard value.hasPrefix("0x") else { return Array(value.utf8) }
        let digits = Array(value.utf8.dropFirst(2))
        guard digits.count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let byte = UInt8(String(decoding: digits[index...(index + 1)], as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(byte)
        }
        return bytes
    }
}
