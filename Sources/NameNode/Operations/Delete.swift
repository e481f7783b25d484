import Core
import MetaStore

/// Removes a file, or a directory with everything below (HDFS `delete`): one mutation whatever the size. False when there is
/// nothing to remove, and for the root.
struct Delete: NamespaceOperation {
    var caller: Caller
    var path: FilePath
    var recursive: Bool

    func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Planned<Answer> {
        let resolved = try view.resolve(path, rows: true)
        if !recursive, case .directory(let inode) = resolved.target, try view.counter(inode.rawValue).children > 0 {
            throw refusal(.directoryNotEmpty, "`\(path) is non empty': Directory is not empty")
        }
        try checker(view).check(resolved, parent: .write)
        var mutation = Mutation()
        var effects: [Effect] = []
        switch resolved.target {
        case nil: return .unchanged(.result(false))
        case .directory(.root): return .unchanged(.result(false))
        case .directory(let inode):
            try checker(view).checkSubtree(inode, resolved)
            try Unlink.directory(resolved, inode, view, nowMs: inputs.nowMs, &mutation, &effects)
        case .file(let inode, let file):
            try Unlink.file(resolved, inode, file, view, nowMs: inputs.nowMs, &mutation, &effects)
        }
        return Planned(mutation, Answer(.result(true), effects))
    }
}
