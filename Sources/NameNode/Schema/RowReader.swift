import Core

/// Takes a row image apart, in place. Images are ours and carry a checksum in the store, so what does not fit is damage:
/// `.corruptMetadata`, thrown as a refusal. Valid as long as the image's memory.
struct RowReader {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0
    private let table: StaticString

    /// Reads the version byte; a version above `newest` was written by a newer layout.
    @inline(__always)
    init(_ bytes: UnsafeRawBufferPointer, table: StaticString, newest: UInt8) throws(HFSError) {
        self.bytes = bytes
        self.table = table
        let version = try byte()
        guard version >= 1, version <= newest else { throw Self.incompatible(table, version, newest: newest) }
    }

    var isAtEnd: Bool { position == bytes.count }

    @inline(never)
    private static func damaged(_ table: StaticString, at position: Int) -> HFSError {
        HFSError(.corruptMetadata, "\(table) row is damaged at byte \(position)")
    }

    @inline(never)
    private static func incompatible(_ table: StaticString, _ version: UInt8, newest: UInt8) -> HFSError {
        HFSError(.incompatibleLayout, "\(table) row of version \(version), this program knows up to \(newest)")
    }

    @inline(__always)
    mutating func byte() throws(HFSError) -> UInt8 {
        guard position < bytes.count else { throw Self.damaged(table, at: position) }
        defer { position += 1 }
        return bytes[position]
    }

    @inline(__always)
    mutating func unsigned() throws(HFSError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while position < bytes.count, shift < 64 {
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        throw Self.damaged(table, at: position)
    }

    @inline(__always)
    mutating func signed() throws(HFSError) -> Int64 {
        let value = try unsigned()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    /// Bytes behind their length, in place.
    @inline(__always)
    mutating func slice() throws(HFSError) -> UnsafeRawBufferPointer {
        let count = try unsigned()
        guard count <= UInt64(bytes.count - position) else { throw Self.damaged(table, at: position) }
        defer { position += Int(count) }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<position + Int(count)])
    }

    mutating func blob() throws(HFSError) -> [UInt8] { Array(try slice()) }
    mutating func string() throws(HFSError) -> String { String(decoding: try slice(), as: UTF8.self) }
}
