import Core

/// `(inode, index)`: the block at this place of the file.
struct FileBlockRow: Hashable, Sendable, StoredRow {
    var block: BlockID

    init(_ block: BlockID) { self.block = block }

    init(decoding image: UnsafeRawBufferPointer) throws(HFSError) {
        var reader = try RowReader(image, table: "fileBlock", newest: 1)
        block = BlockID(try reader.unsigned())
    }

    var image: [UInt8] {
        var writer = RowWriter(version: 1, capacity: 10)
        writer.unsigned(block.rawValue)
        return writer.bytes
    }
}
