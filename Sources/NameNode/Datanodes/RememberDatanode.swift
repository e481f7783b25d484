internal import Core
internal import MetaStore

/// Writes that a datanode belongs to the cluster. Nothing changes when the row is there already.
struct RememberDatanode: Operation {
    let descriptor: DatanodeDescriptor
    let origin = EditOrigin(user: "namenode")

    func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Planned<NoReply> {
        var mutation = Mutation()
        let key = DatanodeRow.key(descriptor.uuid)
        let image = DatanodeRow.image(descriptor)
        if try view.row(key) != image { mutation.put(key, image) }
        return Planned(mutation, NoReply())
    }
}

/// Takes a dead datanode out of the cluster's list.
struct ForgetDatanode: Operation {
    let uuid: String
    let origin = EditOrigin(user: "namenode")

    func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Planned<NoReply> {
        var mutation = Mutation()
        let key = DatanodeRow.key(uuid)
        if try view.row(key) != nil { mutation.delete(key) }
        return Planned(mutation, NoReply())
    }
}

/// The reply of an operation that nobody called over the wire.
struct NoReply: OperationReply {
    func wireBytes() -> [UInt8] { [] }
}
