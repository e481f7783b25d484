import Core
import MetaStore

/// Moves a file or directory to exactly the destination and throws what is wrong (HDFS `rename2`). With `overwrite` the
/// destination may be a file, for a file, or an empty directory, for a directory; it is gone in the same mutation.
struct Rename2: NamespaceOperation {
    var caller: Caller
    var source: FilePath
    var destination: FilePath
    var overwrite: Bool

    func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Planned<Answer> {
        let from = try view.resolve(source, rows: true)
        let to = try view.resolve(destination, rows: true)
        try checker(view).check(from, parent: .write)
        // Replacing removes the old entry, so the sticky bit of its directory counts as in delete.
        try checker(view).check(to, ancestor: .write, parent: overwrite && !to.isMissing ? .write : nil)
        let target = try checkPaths(from, to)
        var mutation = Mutation()
        var effects: [Effect] = []
        var replaced = Counter()
        if let old = to.target {
            try checkOverwrite(target, old, view)
            replaced = try Move.size(old, view)
            switch old {
            case .file(let inode, let file):
                try Unlink.file(to, inode, file, view, nowMs: inputs.nowMs, &mutation, &effects)
            case .directory(let inode):
                try Unlink.directory(to, inode, view, nowMs: inputs.nowMs, &mutation, &effects)
            }
        } else if to.parent == nil || to.isBelowFile {
            throw to.isBelowFile && to.directories.count == to.path.count - 1
                ? refusal(.notADirectory, "rename destination parent \(destination) is a file.")
                : refusal(.fileNotFound, "rename destination parent \(destination) not found.")
        }
        try Move.plan(from, to, target, view, nowMs: inputs.nowMs, replaced: replaced, &mutation)
        return Planned(mutation, Answer(.empty, effects))
    }

    private func checkPaths(_ from: ResolvedPath, _ to: ResolvedPath) throws(PlanInterrupt) -> ResolvedPath.Target {
        guard let target = from.target else {
            throw refusal(.fileNotFound, "rename source \(source) is not found.")
        }
        guard !from.path.isRoot else { throw refusal(.io, "rename source cannot be the root") }
        guard from.path != to.path else {
            throw refusal(.alreadyExists, "The source \(source) and destination \(destination) are the same")
        }
        guard !from.path.contains(to.path) else {
            throw refusal(
                .io, "Rename destination \(destination) is a directory or file under source \(source)")
        }
        guard !to.path.isRoot else { throw refusal(.io, "rename destination cannot be the root") }
        return target
    }

    private func checkOverwrite(
        _ target: ResolvedPath.Target, _ old: ResolvedPath.Target, _ view: any MetadataView
    ) throws(PlanInterrupt) {
        guard target.isDirectory == old.isDirectory else {
            throw refusal(.io, "Source \(source) and destination \(destination) must both be directories")
        }
        guard overwrite else {
            throw refusal(.alreadyExists, "rename destination \(destination) already exists")
        }
        if case .directory(let inode) = old, try view.counter(inode.rawValue).children > 0 {
            throw refusal(.io, "rename destination directory \(destination) is not empty")
        }
    }
}
