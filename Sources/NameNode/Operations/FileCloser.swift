import Core
import MetaStore

/// Ends the writing of a file whose blocks are all committed.
enum FileCloser {
    static func close(
        _ inode: InodeID, _ file: inout FileAttributes, at resolved: ResolvedPath, nowMs: Int64,
        _ mutation: inout Mutation, _ effects: inout [Effect], event: NamespaceEvent.Kind = .close
    ) {
        file.isUnderConstruction = false
        file.modifiedMs = nowMs
        mutation.put(file, inode, at: resolved)
        mutation.delete(Keys.lease(inode))
        mutation.tell(event, inode, at: resolved, .content(length: file.length, modifiedMs: nowMs, checksum: nil))
        effects.append(.leaseClosed(inode))
    }
}
