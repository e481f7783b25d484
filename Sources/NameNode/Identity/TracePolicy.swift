import Core
import MetaStore

/// What of a run's reads is told: `hfs.trace` of the nearest directory that has one decides, everything where none has.
enum TracePolicy {
    /// What to tell of a file's being `opened` or `read` by a run; nil where reads are not traced.
    ///
    /// - Parameter resolved: where it lies, with rows.
    static func event(
        _ kind: NamespaceEvent.Kind, _ generation: FileGeneration, _ resolved: ResolvedPath
    ) -> NamespaceEvent? {
        guard (resolved.trace ?? .all) == .all else { return nil }
        return NamespaceEvent(
            kind, inode: generation.inode, parent: resolved.parent ?? InodeID(0), path: resolved.path.description,
            change: .content(length: generation.length, modifiedMs: generation.modifiedMs, checksum: nil))
    }

    /// What to tell of a run's having read a file that it opened some time ago; nil where reads are not traced, and for a file
    /// that is gone.
    static func read(
        _ generation: FileGeneration, _ view: any MetadataView
    ) throws(PlanInterrupt) -> NamespaceEvent? {
        guard let resolved = try view.resolve(inode: generation.inode, rows: true) else { return nil }
        return event(.read, generation, resolved)
    }
}
