import Core
import MetaStore

/// Limits what lies below a directory (HDFS `setQuota`): superusers only.
struct SetQuota: NamespaceOperation {
    /// HDFS's number for "leave it": 2^63-1.
    static let keep = Int64.max
    /// HDFS's number for "none".
    static let clear: Int64 = -1

    var caller: Caller
    var path: FilePath
    var namespaceQuota: Int64
    var spaceQuota: Int64

    func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Planned<Answer> {
        try checker(view).requireSuperuser()
        guard namespaceQuota >= Self.clear, spaceQuota >= Self.clear else {
            throw refusal(
                .invalidArgument, "Illegal value for nsQuota or dsQuota : \(namespaceQuota) and \(spaceQuota)")
        }
        let resolved = try view.resolve(path, rows: true)
        switch resolved.target {
        case nil: throw refusal(.fileNotFound, "Directory does not exist: \(path)")
        case .file: throw refusal(.pathNotADirectory, "`\(path)': Is not a directory")
        case .directory(let inode):
            // HDFS gives the root a quota at birth that cannot be cleared; ours has none, so clearing it is harmless.
            _ = inode
        }
        var mutation = Mutation()
        try mutation.change(
            resolved, missing: path, .setQuota, told: .text("\(namespaceQuota),\(spaceQuota)"),
            directory: {
                if namespaceQuota != Self.keep { $0.namespaceQuota = namespaceQuota }
                if spaceQuota != Self.keep { $0.spaceQuota = spaceQuota }
            }, file: { _ in })
        return Planned(mutation, Answer(.empty))
    }
}
