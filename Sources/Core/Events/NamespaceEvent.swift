/// A logical change of the namespace, or a traced read, as the event feed tells it: in the same edits record as the rows that
/// it changed, so that an event and its change cannot diverge.
///
/// What a create or rename overwrites is told as a `delete` before it, in the same record.
public struct NamespaceEvent: Hashable, Sendable {
    /// Raw values are written to the edits log and to the wire: never reuse one.
    public enum Kind: UInt8, Sendable, CaseIterable {
        case create = 1, append, close, rename, delete, mkdir, setXAttr, removeXAttr, setPermission, setOwner, setTimes
        case setReplication, setQuota, setACL, truncate, addBlock, leaseRecovered, setStoragePolicy
        /// A run asked where a file's blocks are (`opened`), or a datanode sent it bytes (`read`).
        case opened, read
        /// A staged directory took its published name: `path` was the staging directory, the change names the new place.
        case publish
        /// A run began or ended; `inode` is the run's id.
        case runStarted, runEnded
    }

    /// What a kind says beside the path.
    public enum Change: Hashable, Sendable {
        case none
        /// Free text: new mode, owner, a block, a count.
        case text(String)
        /// The file's content from here on; also what an `opened` or `read` run saw. `checksum`: CRC32C of the bytes, where the
        /// writer told it.
        case content(length: UInt64, modifiedMs: Int64, checksum: UInt32?)
        /// The new place of a `rename` or `publish`.
        case moved(parent: InodeID, path: String)
        /// Full attribute name with its namespace; nil for absent.
        case attribute(name: String, old: [UInt8]?, new: [UInt8]?)
    }

    public var kind: Kind
    public var inode: InodeID
    /// The directory that holds `path`'s last component; 0 where there is none (the root, runs).
    public var parent: InodeID
    /// At the time of the event.
    public var path: String
    public var isDirectory: Bool
    public var change: Change

    public init(
        _ kind: Kind, inode: InodeID, parent: InodeID, path: String, isDirectory: Bool = false, change: Change = .none
    ) {
        self.kind = kind
        self.inode = inode
        self.parent = parent
        self.path = path
        self.isDirectory = isDirectory
        self.change = change
    }
}
