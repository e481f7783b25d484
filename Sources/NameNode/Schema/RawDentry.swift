import Core
import WireProtocol

/// A file's directory entry read in place, without a `String` or an array: what a listing passes on for each of its names.
/// The format is `FileAttributes`'s. Valid as long as the image's memory.
struct RawDentry {
    let inode: UInt64
    /// nil for a directory.
    let file: RawFileStatus?

    /// Throws `.corruptMetadata`.
    init(name: UnsafeRawBufferPointer, image: UnsafeRawBufferPointer) throws(HFSError) {
        var cursor = Cursor(bytes: image)
        guard try cursor.byte() == 1 else { throw Cursor.damaged }
        let kind = try cursor.byte()
        inode = try cursor.unsigned()
        guard kind == DentryRow.fileKind else {
            file = nil
            return
        }
        let flags = try cursor.byte()
        let mode = FileMode(UInt16(truncatingIfNeeded: try cursor.unsigned()))
        let owner = try cursor.text()
        let group = try cursor.text()
        let modifiedMs = try cursor.signed()
        let accessedMs = try cursor.signed()
        let length = try cursor.unsigned()
        let replication = UInt16(truncatingIfNeeded: try cursor.unsigned())
        let blockSize = try cursor.unsigned()
        file = RawFileStatus(
            kind: .file, name: name, inode: inode, length: length, mode: mode, owner: owner, group: group,
            modifiedMs: modifiedMs, accessedMs: accessedMs, replication: replication, blockSize: blockSize,
            childrenCount: 0, storagePolicy: try cursor.byte(), hasACL: flags & 2 != 0)
    }

    private struct Cursor {
        let bytes: UnsafeRawBufferPointer
        var position = 0

        static let damaged = HFSError(.corruptMetadata, "dentry row is damaged")

        @inline(__always)
        mutating func byte() throws(HFSError) -> UInt8 {
            guard position < bytes.count else { throw Self.damaged }
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
            throw Self.damaged
        }

        @inline(__always)
        mutating func signed() throws(HFSError) -> Int64 {
            let value = try unsigned()
            return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
        }

        @inline(__always)
        mutating func text() throws(HFSError) -> UnsafeRawBufferPointer {
            let count = try unsigned()
            guard count <= UInt64(bytes.count - position) else { throw Self.damaged }
            defer { position += Int(count) }
            return UnsafeRawBufferPointer(rebasing: bytes[position..<position + Int(count)])
        }
    }
}
