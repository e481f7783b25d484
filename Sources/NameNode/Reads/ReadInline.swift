import Core
import MetaStore

/// The row of an inline block's bytes, for a datanode whose client asks for them; nil when there is no such block.
struct ReadInline: Sendable {
    var block: BlockID
    var generationStamp: GenerationStamp

    func run(_ view: any MetadataView) throws(PlanInterrupt) -> [UInt8]? {
        guard let row = try view.block(block), row.isInline, row.generationStamp >= generationStamp else { return nil }
        return try view.shared(.inline, block.rawValue)
    }
}
