package import Core

/// A file or directory as the graph knows it. It stays when the file goes: a tombstone.
package struct EntryRow: Hashable, Sendable {
    package var inode: InodeID
    /// 0 where it is not known: `name` is then the whole path.
    package var parent: InodeID
    package var name: String
    package var isDirectory: Bool
    /// What its `hfs.artifact` says.
    package var kind: ArtifactKind?
    /// The current version, 0 before the first.
    package var version: UInt32 = 0
    /// 0 for what was there before the feed began.
    package var createdMs: Int64 = 0
    package var createdBy = Agent.unknown
    /// Where it was deleted in the log; 0 while it is not. What lies below a deleted directory is deleted with it and not
    /// marked.
    package var deletedLSN = LSN.zero
    package var deletedMs: Int64 = 0
    package var deletedBy = Agent.unknown
    /// The removed entry whose name it took.
    package var replaces: InodeID?
    /// The entry that took its name when it was removed.
    package var replacedBy: InodeID?
    package var lastReadMs: Int64 = 0

    package init(inode: InodeID, parent: InodeID, name: String, isDirectory: Bool) {
        self.inode = inode
        self.parent = parent
        self.name = name
        self.isDirectory = isDirectory
    }

    package var current: ArtifactVersion { ArtifactVersion(inode, version) }
    package var isDeleted: Bool { deletedLSN != .zero }
}
