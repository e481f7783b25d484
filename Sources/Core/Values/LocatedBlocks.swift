/// The answer of getBlockLocations: the blocks in file order and what is known of the end of an open file.
public struct LocatedBlocks: Sendable {
    /// Bytes that readers may count on.
    public var fileLength: UInt64
    public var blocks: [LocatedBlock]
    public var isUnderConstruction: Bool
    public var lastBlock: LocatedBlock?
    public var isLastBlockComplete: Bool

    public init(
        fileLength: UInt64, blocks: [LocatedBlock], isUnderConstruction: Bool, lastBlock: LocatedBlock?,
        isLastBlockComplete: Bool
    ) {
        self.fileLength = fileLength
        self.blocks = blocks
        self.isUnderConstruction = isUnderConstruction
        self.lastBlock = lastBlock
        self.isLastBlockComplete = isLastBlockComplete
    }
}
