import Core
import MetaStore

/// A new generation stamp for a block whose pipeline is rebuilt (HDFS `updateBlockForPipeline`). Changes no row: the stamp
/// counts when `UpdatePipeline` brings it back.
struct UpdateBlockForPipeline: NamespaceOperation {
    var caller: Caller
    var holder: String
    var block: Block

    func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Planned<Answer> {
        _ = try WritableBlock.check(block, holder: holder, view)
        var renewed = block
        renewed.generationStamp = inputs.ids.takeGenerationStamp()
        return .unchanged(.stamp(renewed))
    }
}
