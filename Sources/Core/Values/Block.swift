/// A block as it is named on the wire: pool, id, generation stamp and length in bytes.
public struct Block: Hashable, Sendable, CustomStringConvertible {
    public var poolID: String
    public var id: BlockID
    public var generationStamp: GenerationStamp
    /// Bytes, as far as the speaker knows; 0 in a new block.
    public var length: UInt64

    public init(poolID: String, id: BlockID, generationStamp: GenerationStamp, length: UInt64) {
        self.poolID = poolID
        self.id = id
        self.generationStamp = generationStamp
        self.length = length
    }

    public var description: String { "\(id)_\(generationStamp)" }
}
