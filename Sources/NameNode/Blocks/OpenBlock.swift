internal import Core

/// A block that is being written, or was committed so lately that not all its replicas are in.
struct OpenBlock {
    var stamp: GenerationStamp
    /// The pipeline, in its order; where to look while no replica is reported.
    var expected: [LocatedBlock.Location]
    /// Set once the block is committed.
    var committed: BlockTruth?
    /// When missing replicas of a committed block are counted as missing.
    var deadlineMs = Int64.max
}
