import Core
import MetaStore

/// Moves a file's access time after a read; nobody waits for it and no event tells it.
struct TouchAccessTime: NamespaceOperation {
    var caller: Caller
    var inode: InodeID
    var accessedMs: Int64

    func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Planned<Answer> {
        guard let resolved = try view.resolve(inode: inode, rows: false),
            case .file(let id, var file) = resolved.target,
            file.accessedMs < accessedMs
        else { return .unchanged(.empty) }
        var mutation = Mutation()
        file.accessedMs = accessedMs
        mutation.put(file, id, at: resolved)
        return Planned(mutation, Answer(.empty))
    }
}
