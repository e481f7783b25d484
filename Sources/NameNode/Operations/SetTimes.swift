import Core
import MetaStore

/// Sets modification and access time in milliseconds (HDFS `setTimes`): whoever may write the target.
struct SetTimes: NamespaceOperation {
    var caller: Caller
    var path: FilePath
    /// nil keeps it.
    var modifiedMs: Int64?
    var accessedMs: Int64?

    func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Planned<Answer> {
        let resolved = try view.resolve(path, rows: true)
        try checker(view).check(resolved, access: .write)
        var baseMs: Int64 = 0
        if case .directory(let inode) = resolved.target { baseMs = try view.counter(inode.rawValue).modifiedMs }
        var mutation = Mutation()
        try mutation.change(
            resolved, missing: path, .setTimes, told: .none,
            directory: {
                if let modifiedMs {
                    $0.modifiedMs = modifiedMs
                    $0.modifiedBaseMs = baseMs
                }
                $0.accessedMs = accessedMs ?? $0.accessedMs
            },
            file: {
                $0.modifiedMs = modifiedMs ?? $0.modifiedMs
                $0.accessedMs = accessedMs ?? $0.accessedMs
            })
        return Planned(mutation, Answer(.empty))
    }
}
