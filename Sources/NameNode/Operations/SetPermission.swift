import Core
import MetaStore

/// Changes the mode (HDFS `setPermission`): owner or superuser.
struct SetPermission: NamespaceOperation {
    var caller: Caller
    var path: FilePath
    var mode: FileMode

    func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Planned<Answer> {
        let resolved = try view.resolve(path, rows: true)
        try checker(view).check(resolved, owner: true)
        var mutation = Mutation()
        try mutation.change(
            resolved, missing: path, .setPermission, told: .text("\(mode)"), directory: { $0.mode = mode },
            file: { $0.mode = mode })
        return Planned(mutation, Answer(.empty))
    }
}
