import Core

/// The `name=value` list of a DIGEST-MD5 message: in any order, values quoted or not.
struct SaslFields {
    private var values: [String: String] = [:]

    /// Fields of one message; real ones have nine.
    private static let fieldsMax = 32

    /// Throws `.authenticationFailed`.
    init(parsing bytes: [UInt8]) throws(HFSError) {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw Self.malformed("is not UTF-8") }
        var rest = text.utf8[...]
        while true {
            rest = rest.drop { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: " ") }
            guard !rest.isEmpty else { return }
            guard let equals = rest.firstIndex(of: UInt8(ascii: "=")) else { throw Self.malformed("has no value") }
            let name = String(decoding: rest[..<equals], as: UTF8.self)
            rest = rest[rest.index(after: equals)...]
            let value = try rest.first == UInt8(ascii: "\"") ? Self.quoted(&rest) : Self.plain(&rest)
            guard values.updateValue(value, forKey: name) == nil, values.count <= Self.fieldsMax else {
                throw Self.malformed("repeats \(name) or has too many fields")
            }
        }
    }

    subscript(_ name: String) -> String? { values[name] }

    /// Throws `.authenticationFailed`.
    func required(_ name: String) throws(HFSError) -> String {
        guard let value = values[name] else { throw Self.malformed("lacks \(name)") }
        return value
    }

    private static func plain(_ rest: inout Substring.UTF8View) -> String {
        let value = rest.prefix { $0 != UInt8(ascii: ",") }
        rest = rest[value.endIndex...]
        return String(decoding: value, as: UTF8.self)
    }

    private static func quoted(_ rest: inout Substring.UTF8View) throws(HFSError) -> String {
        var value: [UInt8] = []
        rest = rest.dropFirst()
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: value, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let escaped = rest.popFirst() else { throw malformed("ends in a quoted value") }
                value.append(escaped)
            default: value.append(byte)
            }
        }
        throw malformed("ends in a quoted value")
    }

    private static func malformed(_ what: String) -> HFSError {
        HFSError(.authenticationFailed, "\(DigestMD5.mechanism): a message that \(what)")
    }
}
