import Core

/// A file with the content that it had at one time: what a run can have read.
struct FileGeneration: Hashable, Sendable {
    var inode: InodeID
    var length: UInt64
    var modifiedMs: Int64

    init(inode: InodeID, length: UInt64, modifiedMs: Int64) {
        self.inode = inode
        self.length = length
        self.modifiedMs = modifiedMs
    }

    /// What an `opened` or `read` event tells of; nil for any other event.
    init?(_ event: NamespaceEvent) {
        guard case .content(let length, let modifiedMs, _) = event.change else { return nil }
        self.init(inode: event.inode, length: length, modifiedMs: modifiedMs)
    }
}
