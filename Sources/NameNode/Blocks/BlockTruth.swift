internal import Core

/// What the metadata says of a block, as far as replicas are judged by it.
struct BlockTruth: Hashable, Sendable {
    var stamp: GenerationStamp
    /// Bytes; of no meaning while the block is under construction.
    var length: UInt64
    var replication: Int
    var isCommitted: Bool
    /// The namenode has the bytes: no datanode is expected to have a replica.
    var isInline = false
}
