internal import Core
internal import MetaStore

/// Makes an inline block one like any other, since datanodes have replicas of it: the namenode's bytes of it go. Where that is
/// no longer wanted, or the block is gone, only the wish goes.
struct MoveInline: Operation {
    let block: BlockID
    let origin = EditOrigin(user: "namenode")

    func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Planned<NoReply> {
        var mutation = Mutation()
        let key = MovingRow.key(block)
        guard try view.row(key) != nil else { return Planned(mutation, NoReply()) }
        mutation.delete(key)
        guard var row = try view.block(block), row.isInline, row.replication > 1,
            let resolved = try view.resolve(inode: row.inode, rows: false),
            case .file(let inode, var file) = resolved.target
        else { return Planned(mutation, NoReply()) }
        row.isInline = false
        file.hasInlineBlock = false
        mutation.put(Keys.block(block), row.image)
        mutation.delete(Keys.inline(block))
        mutation.put(file, inode, at: resolved)
        // Stamps that were handed out tell a start that there are blocks which datanodes must report.
        _ = inputs.ids.takeGenerationStamp()
        return Planned(mutation, NoReply())
    }
}
