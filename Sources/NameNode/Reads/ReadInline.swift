import Core
import MetaStore

/// The row of an inline block's bytes, for a datanode whose client asks for them, or that is to make replicas of it; nil when there is
/// no such block.
struct ReadInline: Sendable {
    var block: BlockID
    var generationStamp: GenerationStamp

    func run(_ view: any MetadataView) throws(PlanInterrupt) -> [UInt8]? {
        guard let row = try view.block(block), row.isInline else { return nil }
        // The stamp of a wish is its datanodes' secret: only who names it exactly knows it.
        if row.generationStamp < generationStamp {
            guard try MovingRow.of(block, view)?.stamp == generationStamp else { return nil }
        }
        return try view.shared(.inline, block.rawValue)
    }
}
