import Core
import MetaStore

/// What of a run's work below a directory is traced: its attribute `user.hfs.trace`, else that of the directory above.
enum TracePolicy: String {
    case none
    /// What the run changes, as always, but not what it reads.
    case writes
    case all

    static let attribute = "hfs.trace"

    /// What to tell of a file's being opened by a run; nil where reads are not traced.
    static func opened(
        _ inode: InodeID, _ file: FileAttributes, _ path: FilePath, _ view: any MetadataView
    ) throws(PlanInterrupt) -> NamespaceEvent? {
        let resolved = try view.resolve(path, rows: true)
        guard try of(resolved, view) == .all else { return nil }
        return NamespaceEvent(
            .opened, inode: inode, parent: resolved.parent ?? InodeID(0), path: resolved.path.description,
            change: .content(length: file.length, modifiedMs: file.modifiedMs, checksum: nil))
    }

    /// The policy for a file; `.all` where no directory says otherwise. `resolved` has its rows.
    private static func of(_ resolved: ResolvedPath, _ view: any MetadataView) throws(PlanInterrupt) -> TracePolicy {
        for (directory, row) in zip(resolved.directories, resolved.rows).reversed() where row.hasXAttrs {
            guard let value = try view.xattr(directory, .user, attribute)?.value else { continue }
            if let policy = TracePolicy(rawValue: String(decoding: value, as: UTF8.self)) { return policy }
        }
        return .all
    }
}
