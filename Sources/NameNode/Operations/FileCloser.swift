import Core
import MetaStore

/// Ends the writing of a file whose blocks are all committed.
enum FileCloser {
    static func close(
        _ inode: InodeID, _ file: inout FileAttributes, at resolved: ResolvedPath, nowMs: Int64,
        _ mutation: inout Mutation, _ effects: inout [Effect], event: NamespaceEvent.Kind = .close,
        checksum: UInt32? = nil
    ) {
        file.isUnderConstruction = false
        file.modifiedMs = nowMs
        mutation.put(file, inode, at: resolved)
        mutation.delete(Keys.lease(inode))
        mutation.tell(event, inode, at: resolved, .content(length: file.length, modifiedMs: nowMs, checksum: checksum))
        effects.append(.leaseClosed(inode))
    }
}
