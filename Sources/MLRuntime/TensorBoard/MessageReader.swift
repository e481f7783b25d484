/// The fields of a protocol buffer, one after another, over bytes that stay where they are.
struct MessageReader {
    /// A field's value; groups, which nothing here has, end the reading.
    enum Value {
        case number(UInt64)
        case fixed64(UInt64)
        case fixed32(UInt32)
        case bytes(ArraySlice<UInt8>)
    }

    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    /// The next field; nil at the end and at what is none.
    mutating func next() -> (field: UInt64, value: Value)? {
        guard let key = varint() else { return nil }
        switch key & 7 {
        case 0: return varint().map { (key >> 3, .number($0)) }
        case 1: return fixed(8).map { (key >> 3, .fixed64($0)) }
        case 2:
            guard let count = varint(), count <= UInt64(rest.count) else { return nil }
            defer { rest = rest.dropFirst(Int(count)) }
            return (key >> 3, .bytes(rest.prefix(Int(count))))
        case 5: return fixed(4).map { (key >> 3, .fixed32(UInt32(truncatingIfNeeded: $0))) }
        default: return nil
        }
    }

    private mutating func varint() -> UInt64? {
        var value: UInt64 = 0
        for (place, byte) in rest.prefix(10).enumerated() {
            value |= UInt64(byte & 0x7f) << UInt64(7 * place)
            if byte < 0x80 {
                rest = rest.dropFirst(place + 1)
                return value
            }
        }
        return nil
    }

    private mutating func fixed(_ count: Int) -> UInt64? {
        guard rest.count >= count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
