import Core
import MetaStore

/// What `stat` shows of rows.
enum StatusBuilder {
    static func status(_ inode: InodeID, _ file: FileAttributes, name: [UInt8] = []) -> FileStatus {
        FileStatus(
            kind: .file, name: name, inode: inode, length: file.length, mode: file.mode, owner: file.owner,
            group: file.group, modifiedMs: file.modifiedMs, accessedMs: file.accessedMs, replication: file.replication,
            blockSize: file.blockSize, childrenCount: 0, storagePolicy: file.storagePolicy, hasACL: file.hasACL)
    }

    static func status(
        _ inode: InodeID, _ directory: DirectoryRow, _ counter: Counter, name: [UInt8] = []
    ) -> FileStatus {
        FileStatus(
            kind: .directory, name: name, inode: inode, length: 0, mode: directory.mode, owner: directory.owner,
            group: directory.group, modifiedMs: directory.modifiedMs(counter), accessedMs: directory.accessedMs,
            replication: 0, blockSize: 0, childrenCount: Int32(clamping: counter.children),
            storagePolicy: directory.storagePolicy, hasACL: directory.hasACL)
    }

    /// The target's status under an empty name; nil when it does not exist.
    static func status(_ path: ResolvedPath, _ view: any MetadataView) throws(PlanInterrupt) -> FileStatus? {
        switch path.target {
        case .file(let inode, let file): return status(inode, file)
        case .directory(let inode):
            let row = try path.rows.count == path.directories.count ? path.rows.last : view.directory(inode)
            guard let row else { return nil }
            return status(inode, row, try view.counter(inode.rawValue))
        case nil: return nil
        }
    }
}
