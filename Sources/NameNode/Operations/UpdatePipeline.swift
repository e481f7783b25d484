import Core
import MetaStore

/// A rebuilt pipeline takes over (HDFS `updatePipeline`): replicas with the old stamp are stale from now on.
struct UpdatePipeline: NamespaceOperation {
    var caller: Caller
    var holder: String
    var old: Block
    var new: Block
    var locations: [LocatedBlock.Location]

    func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Planned<Answer> {
        var (row, _, _) = try WritableBlock.check(old, holder: holder, view)
        guard new.id == old.id, new.generationStamp > row.generationStamp, new.length >= row.length,
            new.generationStamp.rawValue < inputs.ids.generationStamp
        else {
            throw refusal(
                .io,
                "Update \(old.id)_\(row.generationStamp) (len = \(row.length)) to an older state: \(new) (len = \(new.length))"
            )
        }
        guard locations.count <= Limits.replicationMax,
            locations.allSatisfy({ $0.datanode.uuid.utf8.count <= Limits.nameBytesMax })
        else { throw refusal(.io, "Update \(new) to a pipeline of \(locations.count) datanodes") }
        row.generationStamp = new.generationStamp
        row.pipeline = locations.map(\.datanode.uuid)
        var mutation = Mutation()
        mutation.put(Keys.block(old.id), row.image)
        return Planned(
            mutation, Answer(.empty, [.pipelineUpdated(old.id, new.generationStamp, locations)]))
    }
}
