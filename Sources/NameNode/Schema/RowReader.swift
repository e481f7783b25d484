import Core

/// Takes a row image apart. Images are ours and carry a checksum in the store, so what does not fit is damage:
/// `.corruptMetadata`, thrown as a refusal.
struct RowReader {
    private let bytes: [UInt8]
    private var position = 0
    private let table: StaticString

    /// Reads the version byte; a version above `newest` was written by a newer layout.
    init(_ bytes: [UInt8], table: StaticString, newest: UInt8) throws(HFSError) {
        self.bytes = bytes
        self.table = table
        let version = try byte()
        guard version >= 1, version <= newest else {
            throw HFSError(
                .incompatibleLayout, "\(table) row of version \(version), this program knows up to \(newest)")
        }
    }

    var isAtEnd: Bool { position == bytes.count }

    private func damaged() -> HFSError { HFSError(.corruptMetadata, "\(table) row is damaged at byte \(position)") }

    mutating func byte() throws(HFSError) -> UInt8 {
        guard position < bytes.count else { throw damaged() }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func unsigned() throws(HFSError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            guard position < bytes.count, shift < 64 else { throw damaged() }
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
    }

    mutating func signed() throws(HFSError) -> Int64 {
        let value = try unsigned()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    private mutating func slice() throws(HFSError) -> Range<Int> {
        let count = try unsigned()
        guard count <= UInt64(bytes.count - position) else { throw damaged() }
        defer { position += Int(count) }
        return position..<position + Int(count)
    }

    mutating func blob() throws(HFSError) -> [UInt8] { Array(bytes[try slice()]) }

    mutating func string() throws(HFSError) -> String {
        let range = try slice()
        return bytes.withUnsafeBufferPointer {
            String(decoding: UnsafeBufferPointer(rebasing: $0[range]), as: UTF8.self)
        }
    }
}
