internal import Core
internal import MetaStore

/// Deletes the wish for copies of a block that is gone. Touches nothing of a block that is there.
struct ForgetMove: Operation {
    let block: BlockID
    let origin = EditOrigin(user: "namenode")

    func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Planned<NoReply> {
        var mutation = Mutation()
        let key = MovingRow.key(block)
        guard try view.row(key) != nil, try view.block(block) == nil else { return Planned(mutation, NoReply()) }
        mutation.delete(key)
        return Planned(mutation, NoReply())
    }
}
