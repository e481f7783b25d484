internal import Core

/// Where a datanode's parts tell what happened to replicas; the namenode link passes it on, tests record it. Thread-safe,
/// never blocks.
protocol ReplicaReporter: Sendable {
    /// A client has begun to write; may be told late or never.
    func receiving(_ block: BlockID, _ stamp: GenerationStamp, storageID: String)
    /// A replica is final.
    func received(_ block: BlockID, _ stamp: GenerationStamp, length: UInt64, storageID: String)
    /// A replica is gone. `storageID` is empty when it was not here at all.
    func deleted(_ block: BlockID, _ stamp: GenerationStamp, length: UInt64, storageID: String)
    /// A replica's bytes do not match their checksums.
    func bad(_ block: BlockID, _ stamp: GenerationStamp, length: UInt64, storageID: String)
}
