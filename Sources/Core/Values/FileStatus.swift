/// What `stat` answers of a file or directory.
public struct FileStatus: Hashable, Sendable {
    public enum Kind: UInt8, Sendable { case directory = 1, file = 2 }

    public var kind: Kind
    /// The child's own name in a listing; empty when the path itself was asked for.
    public var name: [UInt8]
    public var inode: InodeID
    /// Bytes; 0 for a directory.
    public var length: UInt64
    public var mode: FileMode
    public var owner: String
    public var group: String
    /// Milliseconds since 1970.
    public var modifiedMs: Int64
    public var accessedMs: Int64
    /// Copies wanted; 0 for a directory.
    public var replication: UInt16
    /// Bytes; 0 for a directory.
    public var blockSize: UInt64
    /// Entries of a directory; -1 for a file.
    public var childrenCount: Int32
    /// HDFS's policy id; 0 when none is set.
    public var storagePolicy: UInt8
    public var hasACL: Bool

    public init(
        kind: Kind, name: [UInt8] = [], inode: InodeID, length: UInt64, mode: FileMode, owner: String, group: String,
        modifiedMs: Int64, accessedMs: Int64, replication: UInt16, blockSize: UInt64, childrenCount: Int32,
        storagePolicy: UInt8 = 0, hasACL: Bool = false
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

    public var isDirectory: Bool { kind == .directory }
}
