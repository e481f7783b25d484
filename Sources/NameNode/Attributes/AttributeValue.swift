import Core

/// An attribute's value as queries compare it: decimal text as a number, everything else by its bytes; numbers come first.
enum AttributeValue: Hashable, Sendable {
    case number(Double)
    case text([UInt8])

    /// Bytes of a text that its place in the index tells apart: longer ones with the same beginning lie beside each other.
    static let indexedBytesMax = 256
    /// Bytes of decimal text that is taken for a number.
    private static let numberBytesMax = 64

    static let numberTag: UInt8 = 1
    static let textTag: UInt8 = 2

    init(_ bytes: [UInt8]) {
        if let number = Self.decimal(bytes) { self = .number(number) } else { self = .text(bytes) }
    }

    /// The number that `[+-]digits[.digits][e[+-]digits]` stands for; nil for any other text.
    static func decimal(_ bytes: [UInt8]) -> Double? {
        guard !bytes.isEmpty, bytes.count <= numberBytesMax else { return nil }
        var rest = bytes[...]
        func takeSign() { if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest.removeFirst() } }
        func takeDigits() -> Int {
            let count = rest.prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }.count
            rest.removeFirst(count)
            return count
        }
        takeSign()
        var digits = takeDigits()
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            digits += takeDigits()
        }
        guard digits > 0 else { return nil }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest.removeFirst()
            takeSign()
            guard takeDigits() > 0 else { return nil }
        }
        guard rest.isEmpty else { return nil }
        return Double(String(decoding: bytes, as: UTF8.self))
    }

    /// `nan`, with or without a sign, in any case.
    static func isNotANumber(_ bytes: [UInt8]) -> Bool {
        let text = String(decoding: bytes.prefix(5), as: UTF8.self).lowercased()
        return text == "nan" || text == "+nan" || text == "-nan"
    }

    /// Bytes in the order of values: what the index and `order by` go by.
    var encoded: [UInt8] {
        switch self {
        case .number(let number):
            // Both zeros are one.
            let bits = (number == 0 ? 0 : number).bitPattern
            let ordered = bits >> 63 == 1 ? ~bits : bits | 1 << 63
            return [Self.numberTag] + Keys.bigEndian(ordered, bytes: 8)
        case .text(let bytes): return Self.encodedText(bytes, isWhole: true)
        }
    }

    /// A zero byte becomes `00 FF`, the end is `00 01`: a text comes before all that go on behind it. Without the end it is
    /// the prefix of every text that begins so.
    static func encodedText(_ bytes: [UInt8], isWhole: Bool) -> [UInt8] {
        var encoded = [textTag]
        for byte in bytes.prefix(indexedBytesMax) {
            encoded.append(byte)
            if byte == 0 { encoded.append(0xff) }
        }
        return isWhole ? encoded + [0, 1] : encoded
    }
}
