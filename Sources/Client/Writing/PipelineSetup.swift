import Core

/// How a pipeline is to be opened.
struct PipelineSetup: Hashable, Sendable {
    enum Stage: Hashable, Sendable { case create, streamingRecovery, closeRecovery }

    /// Number of this connection, for the events that it causes.
    var connection: Int
    var stage: Stage
    /// With the old generation stamp in a recovery.
    var block: Block
    /// In the order of the pipeline.
    var locations: [LocatedBlock.Location]
    /// The stamp that a recovery gives the replicas; 0 for a new block.
    var latestStamp: GenerationStamp
    /// Bytes that every node must have.
    var acknowledgedBytes: UInt64
    /// Bytes that no node can be beyond.
    var sentBytes: UInt64
}
