import Core
import MetaStore

extension Mutation {
    /// Writes the directory entry of the file that `resolved` leads to.
    mutating func put(_ file: FileAttributes, _ inode: InodeID, at resolved: ResolvedPath) {
        guard let parent = resolved.ancestors.last, let name = resolved.path.name else { return }
        put(Keys.dentry(parent, name), DentryRow(file: inode, file).image)
    }
}

extension Mutation {
    /// Adds an event about the target of `resolved`.
    mutating func tell(
        _ kind: NamespaceEvent.Kind, _ resolved: ResolvedPath, _ change: NamespaceEvent.Change = .none
    ) {
        guard let target = resolved.target else { return }
        tell(kind, target.inode, at: resolved, isDirectory: target.isDirectory, change)
    }

    /// Adds an event about what lies, or from now on lies, at `resolved`.
    mutating func tell(
        _ kind: NamespaceEvent.Kind, _ inode: InodeID, at resolved: ResolvedPath, isDirectory: Bool = false,
        _ change: NamespaceEvent.Change = .none
    ) {
        events.append(
            NamespaceEvent(
                kind, inode: inode, parent: resolved.parent ?? InodeID(0), path: resolved.path.description,
                isDirectory: isDirectory, change: change))
    }
}

extension Mutation {
    /// Rewrites the attributes of the target. Refuses a missing one with HDFS's text.
    mutating func change(
        _ resolved: ResolvedPath, missing: FilePath, _ kind: NamespaceEvent.Kind, told: NamespaceEvent.Change,
        directory changeDirectory: (inout DirectoryRow) -> Void, file changeFile: (inout FileAttributes) -> Void
    ) throws(PlanInterrupt) {
        switch resolved.target {
        case nil: throw refusal(.fileNotFound, "File does not exist: \(missing)")
        case .directory(let inode):
            guard var row = resolved.rows.last else { throw refusal(.io, "directory \(inode) without attributes") }
            changeDirectory(&row)
            put(Keys.directory(inode), row.image)
        case .file(let inode, var file):
            changeFile(&file)
            put(file, inode, at: resolved)
        }
        tell(kind, resolved, told)
    }
}
