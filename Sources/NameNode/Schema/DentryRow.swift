import Core

/// `(parent, name)`: which inode lies there; a file's attributes ride along, a directory's are in its `DirectoryRow`.
struct DentryRow: Hashable, Sendable, StoredRow {
    var inode: InodeID
    /// nil for a directory.
    var file: FileAttributes?

    var isDirectory: Bool { file == nil }

    init(directory inode: InodeID) {
        self.inode = inode
        file = nil
    }

    init(file inode: InodeID, _ attributes: FileAttributes) {
        self.inode = inode
        file = attributes
    }

    init(decoding image: UnsafeRawBufferPointer) throws(HFSError) {
        let raw = try RawDentry(decoding: image)
        inode = raw.inode
        file = raw.file.map { FileAttributes($0) }
    }

    var image: [UInt8] {
        var writer = RowWriter(version: 1, capacity: file == nil ? 12 : 72)
        writer.byte(file == nil ? RawDentry.directoryKind : RawDentry.fileKind)
        writer.unsigned(inode.rawValue)
        file?.encode(into: &writer)
        return writer.bytes
    }
}
