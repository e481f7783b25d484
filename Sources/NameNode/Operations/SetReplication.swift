import Core
import MetaStore

/// Changes how many copies a file wants (HDFS `setReplication`). False for a directory and a missing path.
///
/// Several copies of a file that the namenode keeps are made by datanodes, and then it keeps the file no longer.
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
        let moving = try blockToMove(inode, file, view)
        guard Int(file.replication) != replication || moving != nil else { return .unchanged(.result(true)) }
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
            blocks.append(id)
        }
        mutation.tell(.setReplication, resolved, .text("\(replication)"))
        var effects = blocks.isEmpty ? [] : [Effect.replicationChanged(blocks, replication)]
        if let moving {
            mutation.put(MovingRow.key(moving), MovingRow.image)
            effects.append(.inlineMoving([moving]))
        }
        return Planned(mutation, Answer(.result(true), effects))
    }

    /// The inline block of a file that is to have several copies; nil when there is none, or it is being moved already. A wish
    /// that is taken back is forgotten by `MoveInline`.
    private func blockToMove(
        _ inode: InodeID, _ file: FileAttributes, _ view: any MetadataView
    ) throws(PlanInterrupt) -> BlockID? {
        guard file.hasInlineBlock, replication > 1, let block = try view.fileBlock(inode, 0),
            try view.row(MovingRow.key(block)) == nil
        else { return nil }
        return block
    }
}
