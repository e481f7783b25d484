import Core

/// `(virtual shard, inode)`: the root of an unlinked subtree whose rows are still to be freed.
struct ReclaimRow: Hashable, Sendable, StoredRow {
    var isDirectory: Bool

    init(isDirectory: Bool) { self.isDirectory = isDirectory }

    init(decoding image: UnsafeRawBufferPointer) throws(HFSError) {
        var reader = try RowReader(image, table: "reclaim", newest: 1)
        isDirectory = try reader.byte() == 1
    }

    var image: [UInt8] {
        var writer = RowWriter(version: 1, capacity: 2)
        writer.byte(isDirectory ? 1 : 2)
        return writer.bytes
    }
}
