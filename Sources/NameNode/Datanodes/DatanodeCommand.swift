package import Core

/// What the namenode asks of a datanode, on the answer to a heartbeat.
package enum DatanodeCommand: Sendable {
    case transfer(BlockVersion, targets: [LocatedBlock.Location])
    case invalidate([BlockVersion])
    case recover(BlockVersion, recoveryID: GenerationStamp, replicas: [LocatedBlock.Location])
    case sendBuckets(storageID: String, buckets: [Int])
}

/// A block's id, stamp and length in bytes.
package struct BlockVersion: Hashable, Sendable {
    package var id: BlockID
    package var generationStamp: GenerationStamp
    package var length: UInt64

    package init(id: BlockID, generationStamp: GenerationStamp, length: UInt64) {
        self.id = id
        self.generationStamp = generationStamp
        self.length = length
    }
}
