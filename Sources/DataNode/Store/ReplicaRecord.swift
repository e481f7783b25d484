internal import Core

/// What the store keeps in memory for each replica: 24 bytes.
struct ReplicaRecord: Sendable {
    var generationStamp: GenerationStamp
    /// Bytes of data. For a replica being written its `OpenReplica` knows better.
    var length: UInt64
    var state: ReplicaState
    /// Index of its volume in the store.
    var volume: UInt16
}
