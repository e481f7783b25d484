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
    /// How many stamps a wish for copies leaves out before and after its own, so that nobody who is not told it can write
    /// replicas with it: 28 bits each, and what stamps there are is enough for 2^34 wishes.
    var stampsSkipped = (
        before: UInt64.random(in: 0..<Self.stampsSkippedMax), after: UInt64.random(in: 0..<Self.stampsSkippedMax)
    )

    private static let stampsSkippedMax: UInt64 = 1 << 28

    func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Planned<Answer> {
        try refusing { () throws(HFSError) in try Replication.check(replication, path: path, client: nil, rules) }
        let resolved = try view.resolve(path, rows: true)
        try checker(view).check(resolved, access: .write, keepsContents: true)
        guard case .file(let inode, var file) = resolved.target else { return .unchanged(.result(false)) }
        let inline = file.hasInlineBlock ? try view.fileBlock(inode, 0) : nil
        let wish = try inline.map { block throws(PlanInterrupt) in try MovingRow.of(block, view) } ?? nil
        let isWish = inline != nil && replication > 1
        guard Int(file.replication) != replication || isWish else { return .unchanged(.result(true)) }
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
        if let inline, isWish {
            let wish = wish ?? newWish(inline, &inputs)
            mutation.put(MovingRow.key(inline), wish.image)
            effects.append(.inlineMoving(wish))
        } else if let wish {
            // With the wish goes its stamp: no replica that was made for it can take the place of the namenode's bytes.
            mutation.delete(MovingRow.key(wish.block))
            effects.append(.inlineKept(wish))
        }
        return Planned(mutation, Answer(.result(true), effects))
    }

    private func newWish(_ block: BlockID, _ inputs: inout PlanInputs) -> MovingRow {
        inputs.ids.generationStamp += stampsSkipped.before
        defer { inputs.ids.generationStamp += stampsSkipped.after }
        return MovingRow(block, inputs.ids.takeGenerationStamp())
    }
}
