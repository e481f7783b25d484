/// Reads protobuf fields one after another without copying. Ends at the first byte that makes no sense.
struct FieldReader {
    struct Field {
        let number: Int
        /// Of a varint field; 0 for the others.
        let value: UInt64
        /// Of a length-delimited field.
        let bytes: UnsafeRawBufferPointer?
    }

    private let buffer: UnsafeRawBufferPointer
    private var index = 0

    init(_ buffer: UnsafeRawBufferPointer) { self.buffer = buffer }

    mutating func varint() -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while index < buffer.count, shift < 64 {
            let byte = buffer[index]
            index += 1
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        return nil
    }

    mutating func take(_ count: Int) -> UnsafeRawBufferPointer? {
        guard count >= 0, count <= buffer.count - index else { return nil }
        defer { index += count }
        return UnsafeRawBufferPointer(rebasing: buffer[index..<index + count])
    }

    mutating func next() -> Field? {
        guard let key = varint() else { return nil }
        let number = Int(key >> 3)
        switch key & 7 {
        case 0: return varint().map { Field(number: number, value: $0, bytes: nil) }
        case 1: return take(8).map { _ in Field(number: number, value: 0, bytes: nil) }
        case 2:
            guard let length = varint(), length <= UInt64(buffer.count), let bytes = take(Int(length)) else {
                return nil
            }
            return Field(number: number, value: 0, bytes: bytes)
        case 5: return take(4).map { _ in Field(number: number, value: 0, bytes: nil) }
        default: return nil
        }
    }
}
