import Core

/// `inode`: the directory entry that names it.
struct LocatorRow: Hashable, Sendable, StoredRow {
    var parent: InodeID
    var name: FileName

    init(parent: InodeID, name: FileName) {
        self.parent = parent
        self.name = name
    }

    init(decoding image: UnsafeRawBufferPointer) throws(HFSError) {
        var reader = try RowReader(image, table: "locator", newest: 1)
        parent = InodeID(try reader.unsigned())
        name = FileName(checkedUTF8: try reader.blob())
    }

    var image: [UInt8] {
        var writer = RowWriter(version: 1, capacity: 12 + name.utf8.count)
        writer.unsigned(parent.rawValue)
        writer.blob(name.utf8)
        return writer.bytes
    }
}
