import Core
import MetaStore

/// Changes how many copies a file wants (HDFS `setReplication`). False for a directory and a missing path.
struct SetReplication: NamespaceOperation {
    var caller: Caller
    var rules: NamespaceRules
    var path: FilePath
    var replication: Int

    func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Planned<Answer> {
        try refusing { () throws(HFSError) in try Replication.check(replication, path: path, client: nil, rules) }
        let resolved = try view.resolve(path, rows: true)
        try checker(view).check(resolved, access: .write, keepsContents: true)
        guard case .file(let inode, var file) = resolved.target else { return .unchanged(.result(false)) }
        guard Int(file.replication) != replication else { return .unchanged(.result(true)) }
        let before = file.space
        file.replication = UInt16(replication)
        let delta = Counter(space: file.space - before)
        try Quota.check(resolved, delta, view)
        try Quota.checkTotal(delta, view)
        var mutation = Mutation()
        mutation.put(file, inode, at: resolved)
        Quota.count(delta, in: resolved.ancestors, &mutation)
        var blocks: [BlockID] = []
        for (id, var row) in try FileBlocks.all(inode, count: file.blockCount, view) {
            row.replication = file.replication
            mutation.put(Keys.block(id), row.image)
            if !row.isInline { blocks.append(id) }
        }
        mutation.tell(.setReplication, resolved, .text("\(replication)"))
        let effects = blocks.isEmpty ? [] : [Effect.replicationChanged(blocks, replication)]
        return Planned(mutation, Answer(.result(true), effects))
    }
}
