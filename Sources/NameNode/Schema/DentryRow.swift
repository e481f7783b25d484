import Core

/// `(parent, name)`: which inode lies there; a file's attributes ride along, a directory's are in its `DirectoryRow`.
struct DentryRow: Hashable, Sendable {
    var inode: InodeID
    /// nil for a directory.
    var file: FileAttributes?

    /// The byte behind the version in an image.
    static let directoryKind: UInt8 = 1
    static let fileKind: UInt8 = 2

    var isDirectory: Bool { file == nil }

    init(directory inode: InodeID) {
        self.inode = inode
        file = nil
    }

    init(file inode: InodeID, _ attributes: FileAttributes) {
        self.inode = inode
        file = attributes
    }

    init(image: [UInt8]) throws(HFSError) {
        var reader = try RowReader(image, table: "dentry", newest: 1)
        let kind = try reader.byte()
        inode = InodeID(try reader.unsigned())
        file = kind == Self.fileKind ? try FileAttributes(&reader) : nil
    }

    var image: [UInt8] {
        var writer = RowWriter(version: 1, capacity: file == nil ? 12 : 72)
        writer.byte(file == nil ? Self.directoryKind : Self.fileKind)
        writer.unsigned(inode.rawValue)
        file?.encode(into: &writer)
        return writer.bytes
    }
}
