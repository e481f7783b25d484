import Core
import MetaStore

/// Moves a file or directory, into the destination when that is a directory (HDFS `rename`, the first version): answers
/// false for what the second version throws.
struct Rename: NamespaceOperation {
    var caller: Caller
    var source: FilePath
    var destination: FilePath

    func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Planned<Answer> {
        let from = try view.resolve(source, rows: true)
        var to = try view.resolve(destination, rows: true)
        if case .directory = to.target, let name = from.path.name {
            to = try view.resolve(to.path.appending(name), rows: true)
        }
        try checker(view).check(from, parent: .write)
        try checker(view).check(to, ancestor: .write)
        guard let target = from.target, !from.path.isRoot else { return .unchanged(.result(false)) }
        if from.path == to.path { return .unchanged(.result(true)) }
        if target.isDirectory, from.path.contains(to.path) { return .unchanged(.result(false)) }
        guard to.isMissing, to.parent != nil, !to.isBelowFile else { return .unchanged(.result(false)) }
        var mutation = Mutation()
        try Move.plan(from, to, target, view, nowMs: inputs.nowMs, &mutation)
        return Planned(mutation, Answer(.result(true)))
    }
}
