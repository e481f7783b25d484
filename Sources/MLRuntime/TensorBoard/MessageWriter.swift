/// Protocol buffers as bytes, for the few messages of TensorBoard's files: their classes would be the only generated ones here.
struct MessageWriter {
    private(set) var bytes: [UInt8] = []

    mutating func double(_ field: UInt32, _ value: Double) {
        key(field, wireType: 1)
        fixed(value.bitPattern)
    }

    mutating func float(_ field: UInt32, _ value: Float) {
        key(field, wireType: 5)
        fixed(value.bitPattern)
    }

    mutating func int(_ field: UInt32, _ value: Int64) {
        key(field, wireType: 0)
        varint(UInt64(bitPattern: value))
    }

    mutating func text(_ field: UInt32, _ value: String) { blob(field, Array(value.utf8)) }

    /// A message within this one, or its bytes.
    mutating func message(_ field: UInt32, _ body: (inout MessageWriter) -> Void) {
        var inner = MessageWriter()
        body(&inner)
        blob(field, inner.bytes)
    }

    private mutating func blob(_ field: UInt32, _ value: [UInt8]) {
        key(field, wireType: 2)
        varint(UInt64(value.count))
        bytes += value
    }

    private mutating func key(_ field: UInt32, wireType: UInt32) { varint(UInt64(field << 3 | wireType)) }

    private mutating func fixed(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
    }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
