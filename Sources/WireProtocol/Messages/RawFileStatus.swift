package import Core

/// HdfsFileStatusProto whose texts are bytes in someone else's memory: what a listing writes straight from its rows, without
/// a `String` an entry. Valid as long as that memory.
package struct RawFileStatus: WireEncodable {
    package var kind: FileStatus.Kind
    package var name: UnsafeRawBufferPointer
    package var inode: UInt64
    package var length: UInt64
    package var mode: FileMode
    package var owner: UnsafeRawBufferPointer
    package var group: UnsafeRawBufferPointer
    package var modifiedMs: Int64
    package var accessedMs: Int64
    package var replication: UInt16
    package var blockSize: UInt64
    package var childrenCount: Int32
    package var storagePolicy: UInt8
    package var hasACL: Bool

    package init(
        kind: FileStatus.Kind, name: UnsafeRawBufferPointer, inode: UInt64, length: UInt64, mode: FileMode,
        owner: UnsafeRawBufferPointer, group: UnsafeRawBufferPointer, modifiedMs: Int64, accessedMs: Int64,
        replication: UInt16, blockSize: UInt64, childrenCount: Int32, storagePolicy: UInt8, hasACL: Bool
    ) {
        self.kind = kind
        self.name = name
        self.inode = inode
        self.length = length
        self.mode = mode
        self.owner = owner
        self.group = group
        self.modifiedMs = modifiedMs
        self.accessedMs = accessedMs
        self.replication = replication
        self.blockSize = blockSize
        self.childrenCount = childrenCount
        self.storagePolicy = storagePolicy
        self.hasACL = hasACL
    }

    package var encodedSize: Int {
        var size = 2 + WireSize.delimited(2, name.count) + WireSize.uint(3, length) + mode.encodedSize(field: 4)
        size += WireSize.delimited(5, owner.count) + WireSize.delimited(6, group.count)
        size += WireSize.uint(7, UInt64(bitPattern: modifiedMs)) + WireSize.uint(8, UInt64(bitPattern: accessedMs))
        size += WireSize.uint(10, UInt64(replication)) + WireSize.uint(11, blockSize) + WireSize.uint(13, inode)
        if childrenCount != -1 { size += WireSize.uint(14, UInt64(bitPattern: Int64(childrenCount))) }
        return size + WireSize.uint(16, UInt64(storagePolicy)) + WireSize.uint(18, flags)
    }

    package func encode(to writer: inout WireWriter) { encode(to: &writer, locations: nil) }

    func encode(to writer: inout WireWriter, locations: LocatedBlocks?) {
        writer.uint(1, UInt64(kind.rawValue))
        writer.rawBytes(2, name)
        writer.uint(3, length)
        mode.encode(field: 4, to: &writer)
        writer.rawBytes(5, owner)
        writer.rawBytes(6, group)
        writer.uint(7, UInt64(bitPattern: modifiedMs))
        writer.uint(8, UInt64(bitPattern: accessedMs))
        writer.uint(10, UInt64(replication))
        writer.uint(11, blockSize)
        if let locations { locations.encode(field: 12, to: &writer) }
        writer.uint(13, inode)
        if childrenCount != -1 { writer.uint(14, UInt64(bitPattern: Int64(childrenCount))) }
        writer.uint(16, UInt64(storagePolicy))
        writer.uint(18, flags)
    }

    private var flags: UInt64 { hasACL ? UInt64(FileStatus.aclFlag) : 0 }

    /// The bytes of a message with this status as field 1: the answer of getFileInfo.
    package var fileInfoResponse: [UInt8] {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return bytes
    }

    /// Appends the entry as field 1 of a directory page.
    package func append(to page: inout [UInt8]) {
        let size = encodedSize
        let start = page.count
        let total = WireSize.delimited(1, size)
        page.append(contentsOf: repeatElement(0, count: total))
        page.withUnsafeMutableBytes { bytes in
            var writer = WireWriter(UnsafeMutableRawBufferPointer(rebasing: bytes[start..<start + total]))
            writer.header(1, count: size)
            encode(to: &writer)
            precondition(writer.offset == total, "file status shorter than computed")
        }
    }
}
