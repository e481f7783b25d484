import Core
import MetaStore

/// What of a run's reads is told: `hfs.trace` of the nearest directory that has one decides, everything where none has.
enum TracePolicy {
    /// What to tell of a file's being opened by a run; nil where reads are not traced.
    static func opened(
        _ inode: InodeID, _ file: FileAttributes, _ path: FilePath, _ view: any MetadataView
    ) throws(PlanInterrupt) -> NamespaceEvent? {
        let resolved = try view.resolve(path, rows: true)
        guard (resolved.trace ?? .all) == .all else { return nil }
        return NamespaceEvent(
            .opened, inode: inode, parent: resolved.parent ?? InodeID(0), path: resolved.path.description,
            change: .content(length: file.length, modifiedMs: file.modifiedMs, checksum: nil))
    }
}
