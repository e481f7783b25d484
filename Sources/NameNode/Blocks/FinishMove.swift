internal import Core
internal import MetaStore

/// Makes an inline block one like any other, since datanodes have replicas of it on their disks: the namenode's bytes of it go.
///
/// Submitted only for replicas that were counted. It is for the wish that they were made for: one that was taken back since, and
/// one that was made anew, have no replicas yet, and then nothing changes.
struct FinishMove: Operation {
    let wish: MovingRow
    let origin = EditOrigin(user: "namenode")

    func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Planned<NoReply> {
        var mutation = Mutation()
        guard try MovingRow.of(wish.block, view) == wish, var row = try view.block(wish.block), row.isInline,
            row.replication > 1, let resolved = try view.resolve(inode: row.inode, rows: false),
            case .file(let inode, var file) = resolved.target
        else { return Planned(mutation, NoReply()) }
        row.isInline = false
        row.generationStamp = wish.stamp
        file.hasInlineBlock = false
        mutation.delete(MovingRow.key(wish.block))
        mutation.put(Keys.block(wish.block), row.image)
        mutation.delete(Keys.inline(wish.block))
        mutation.put(file, inode, at: resolved)
        return Planned(mutation, NoReply())
    }
}
