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
    /// Rewrites the attributes of the target. Refuses a missing one with HDFS's text.
    mutating func change(
        _ resolved: ResolvedPath, missing: FilePath, _ event: EditEvent.Kind, detail: String = "",
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
        events.append(
            EditEvent(
                event, inode: resolved.target?.inode.rawValue ?? 0, path: resolved.path.description, detail: detail))
    }
}
