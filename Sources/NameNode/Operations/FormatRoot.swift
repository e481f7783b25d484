import Core
import MetaStore

/// Makes the root directory of a new namespace, as HDFS has it (owner the superuser, group the supergroup, mode 755), and
/// names the cluster. Changes nothing in a namespace that has a root.
struct FormatRoot: NamespaceOperation {
    var caller: Caller
    var supergroup: String
    var cluster: ClusterRow

    func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Planned<Answer> {
        guard try view.directory(.root) == nil else { return .unchanged(.empty) }
        var mutation = Mutation()
        let row = DirectoryRow(
            owner: caller.user, group: supergroup, mode: .directoryDefault, modifiedMs: inputs.nowMs,
            modifiedBaseMs: inputs.nowMs)
        mutation.put(Keys.directory(.root), row.image)
        mutation.put(ClusterRow.key, cluster.image)
        return Planned(mutation, Answer(.empty))
    }
}
