import Core
import MetaStore

/// Makes the root directory of a new namespace, as HDFS has it: owner the superuser, group the supergroup, mode 755.
/// Changes nothing in a namespace that has one.
struct FormatRoot: NamespaceOperation {
    var caller: Caller
    var supergroup: String

    func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Planned<Answer> {
        guard try view.directory(.root) == nil else { return .unchanged(.empty) }
        var mutation = Mutation()
        let row = DirectoryRow(
            owner: caller.user, group: supergroup, mode: .directoryDefault, modifiedMs: inputs.nowMs,
            modifiedBaseMs: inputs.nowMs)
        mutation.put(Keys.directory(.root), row.image)
        return Planned(mutation, Answer(.empty))
    }
}
