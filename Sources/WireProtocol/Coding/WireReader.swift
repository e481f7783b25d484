package import Core

/// A cursor over the bytes of one protobuf message or frame; every read is checked against the end.
///
/// Valid only as long as the bytes it was given: never let it outlive the closure that lent them. All errors are
/// `.malformedRequest`. Source: the protocol buffers encoding page.
package struct WireReader {
    private let bytes: UnsafeRawBufferPointer
    /// Bytes read so far.
    package private(set) var offset = 0

    package init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// Bytes left.
    package var remaining: Int { bytes.count - offset }
    package var isAtEnd: Bool { offset == bytes.count }

    /// The next base-128 number. Refuses one that ends outside the bytes or does not fit 64 bits.
    @inline(__always)
    package mutating func varint() throws(HFSError) -> UInt64 {
        if offset < bytes.count, bytes[offset] < 0x80 {
            defer { offset += 1 }
            return UInt64(bytes[offset])
        }
        return try longVarint()
    }

    private mutating func longVarint() throws(HFSError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while offset < bytes.count {
            let byte = bytes[offset]
            offset += 1
            if shift == 63, byte > 1 { throw Self.malformed("a number of more than 64 bits") }
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        throw Self.malformed("a number is cut off")
    }

    /// The next field's number and layout; nil at the end.
    @inline(__always)
    package mutating func nextField() throws(HFSError) -> (number: UInt32, type: WireType)? {
        if isAtEnd { return nil }
        let tag = try varint()
        guard tag <= UInt64(UInt32.max), tag >> 3 != 0, let type = WireType(rawValue: UInt8(tag & 7)) else {
            throw Self.malformed("field tag \(tag)")
        }
        return (UInt32(tag >> 3), type)
    }

    /// The next `count` bytes.
    @inline(__always)
    package mutating func take(_ count: Int) throws(HFSError) -> UnsafeRawBufferPointer {
        guard count >= 0, count <= remaining else { throw Self.malformed("\(count) bytes where \(remaining) are left") }
        defer { offset += count }
        return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])
    }

    /// A length and that many bytes.
    @inline(__always)
    package mutating func delimited() throws(HFSError) -> UnsafeRawBufferPointer {
        let length = try varint()
        guard length <= UInt64(remaining) else {
            throw Self.malformed("a length of \(length) where \(remaining) bytes are left")
        }
        return try take(Int(length))
    }

    package mutating func byteArray() throws(HFSError) -> [UInt8] { [UInt8](try delimited()) }

    /// A length and that many bytes of UTF-8.
    package mutating func string() throws(HFSError) -> String {
        guard let text = Self.text(try delimited()) else { throw Self.malformed("text is not UTF-8") }
        return text
    }

    /// As `string`, for a path: one that is not UTF-8 is `.invalidPath`, as any other path that HDFS does not allow.
    package mutating func path() throws(HFSError) -> String {
        let utf8 = try delimited()
        guard let text = Self.text(utf8) else {
            throw HFSError(
                .invalidPath, "Invalid path name Invalid file name: \(String(decoding: utf8, as: UTF8.self))")
        }
        return text
    }

    /// Nil when it is not UTF-8. Nearly all texts are ASCII, which is told faster than the library's validation starts.
    private static func text(_ utf8: UnsafeRawBufferPointer) -> String? {
        var bits: UInt64 = 0
        var index = 0
        while index + 8 <= utf8.count {
            bits |= utf8.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            index += 8
        }
        while index < utf8.count {
            bits |= UInt64(utf8[index])
            index += 1
        }
        guard bits & 0x8080_8080_8080_8080 == 0 else { return String(validating: utf8, as: UTF8.self) }
        return String(decoding: utf8, as: UTF8.self)
    }

    package mutating func bool() throws(HFSError) -> Bool { try varint() != 0 }
    package mutating func uint32() throws(HFSError) -> UInt32 { UInt32(truncatingIfNeeded: try varint()) }
    package mutating func int32() throws(HFSError) -> Int32 { Int32(truncatingIfNeeded: try varint()) }

    /// A zigzag number of 32 bits.
    package mutating func sint32() throws(HFSError) -> Int32 {
        let value = try uint32()
        return Int32(bitPattern: value >> 1) ^ -Int32(bitPattern: value & 1)
    }

    /// A zigzag number of 64 bits.
    package mutating func sint64() throws(HFSError) -> Int64 {
        let value = try varint()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    /// Four bytes, little-endian.
    package mutating func fixed32() throws(HFSError) -> UInt32 {
        UInt32(littleEndian: try take(4).loadUnaligned(as: UInt32.self))
    }

    /// Eight bytes, little-endian.
    package mutating func fixed64() throws(HFSError) -> UInt64 {
        UInt64(littleEndian: try take(8).loadUnaligned(as: UInt64.self))
    }

    /// A cursor over an embedded message.
    package mutating func message() throws(HFSError) -> WireReader { WireReader(try delimited()) }

    /// Passes over a field that is not known or has an unexpected layout.
    package mutating func skip(_ type: WireType) throws(HFSError) {
        switch type {
        case .varint: _ = try varint()
        case .fixed64: _ = try take(8)
        case .lengthDelimited: _ = try delimited()
        case .fixed32: _ = try take(4)
        }
    }

    package static func malformed(_ what: String) -> HFSError {
        HFSError(.malformedRequest, "Malformed protocol message: \(what)")
    }

    package static func missing(_ fields: String) -> HFSError {
        HFSError(.malformedRequest, "Message missing required fields: \(fields)")
    }
}
