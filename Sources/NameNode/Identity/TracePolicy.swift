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
        return event(kind, generation, parent: resolved.parent, resolved.path)
    }

    /// As above, for a file that there is at `path` and a caller whose rights need no look: one walk, nothing decoded.
    static func event(
        _ kind: NamespaceEvent.Kind, _ generation: FileGeneration, _ path: FilePath, _ view: any MetadataView
    ) throws(PlanInterrupt) -> NamespaceEvent? {
        guard !ReservedNames.begin(path) else { return event(kind, generation, try view.resolve(path, rows: true)) }
        let directories = try directories(above: path, view)
        for directory in directories.reversed() {
            guard let trace = try trace(directory, view) else { continue }
            guard trace == .all else { return nil }
            break
        }
        return event(kind, generation, parent: directories.last, path)
    }

    private static func directories(
        above path: FilePath, _ view: any MetadataView
    ) throws(PlanInterrupt) -> [InodeID] {
        var directories = [InodeID.root]
        directories.reserveCapacity(path.count)
        try path.utf8.withUnsafeBufferPointer { (utf8) throws(PlanInterrupt) in
            var names = PathNames(utf8)
            while directories.count < path.count, let name = names.next(), let above = directories.last,
                let image = try view.image(.dentry, above.rawValue, name)
            {
                directories.append(try refusing { () throws(HFSError) in try RawDentry(decoding: image) }.inode)
            }
        }
        return directories
    }

    private static func trace(
        _ directory: InodeID, _ view: any MetadataView
    ) throws(PlanInterrupt) -> TraceLevel? {
        let none = UnsafeRawBufferPointer(start: nil, count: 0)
        guard let image = try view.image(.directory, directory.rawValue, none) else {
            throw refusal(.corruptMetadata, "directory \(directory) has no row")
        }
        return try refusing { () throws(HFSError) in try RawDirectory(decoding: image) }.trace
    }

    private static func event(
        _ kind: NamespaceEvent.Kind, _ generation: FileGeneration, parent: InodeID?, _ path: FilePath
    ) -> NamespaceEvent {
        NamespaceEvent(
            kind, inode: generation.inode, parent: parent ?? InodeID(0), path: path.description,
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
