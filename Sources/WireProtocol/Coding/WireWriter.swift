/// Writes protobuf fields into memory of a size that was computed before (`WireSize`); going past its end is our own
/// mistake and stops the process.
///
/// Valid only as long as the memory it was given.
package struct WireWriter {
    private let bytes: UnsafeMutableRawBufferPointer
    /// Bytes written so far.
    package private(set) var offset = 0

    package init(_ bytes: UnsafeMutableRawBufferPointer) { self.bytes = bytes }

    @inline(__always)
    private mutating func put(_ byte: UInt8) {
        precondition(offset < bytes.count, "protobuf field past the computed size")
        bytes[offset] = byte
        offset += 1
    }

    @inline(__always)
    package mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            put(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        put(UInt8(truncatingIfNeeded: rest))
    }

    @inline(__always)
    package mutating func tag(_ field: Int, _ type: WireType) { varint(UInt64(field) << 3 | UInt64(type.rawValue)) }

    @inline(__always)
    package mutating func uint(_ field: Int, _ value: UInt64) {
        tag(field, .varint)
        varint(value)
    }

    package mutating func bool(_ field: Int, _ value: Bool) {
        tag(field, .varint)
        put(value ? 1 : 0)
    }

    /// Zigzag.
    package mutating func sint(_ field: Int, _ value: Int64) { uint(field, Self.zigzag(value)) }

    package static func zigzag(_ value: Int64) -> UInt64 { UInt64(bitPattern: value << 1 ^ value >> 63) }

    @inline(__always)
    package mutating func raw(_ source: UnsafeRawBufferPointer) {
        precondition(source.count <= bytes.count - offset, "protobuf bytes past the computed size")
        guard let from = source.baseAddress, let to = bytes.baseAddress else { return }
        (to + offset).copyMemory(from: from, byteCount: source.count)
        offset += source.count
    }

    @inline(__always)
    package mutating func rawBytes(_ field: Int, _ value: UnsafeRawBufferPointer) {
        header(field, count: value.count)
        raw(value)
    }

    package mutating func byteArray(_ field: Int, _ value: [UInt8]) {
        header(field, count: value.count)
        value.withUnsafeBytes { raw($0) }
    }

    package mutating func string(_ field: Int, _ value: String) {
        let utf8 = value.utf8
        header(field, count: utf8.count)
        if utf8.withContiguousStorageIfAvailable({ raw(UnsafeRawBufferPointer($0)) }) == nil {
            for byte in utf8 { put(byte) }
        }
    }

    /// The tag and length before an embedded message, text or bytes of `count` bytes.
    @inline(__always)
    package mutating func header(_ field: Int, count: Int) {
        tag(field, .lengthDelimited)
        varint(UInt64(count))
    }
}
