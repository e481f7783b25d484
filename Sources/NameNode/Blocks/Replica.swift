internal import Core

/// One replica in the map: 40 bytes, linked with the other replicas of its block and of its storage's report bucket.
struct Replica {
    static let none = UInt32.max

    var block: UInt64
    var stamp: UInt64
    var length: UInt64
    var nextOfBlock: UInt32 = none
    var nextInBucket: UInt32 = none
    var previousInBucket: UInt32 = none
    var storage: StorageIndex
    var state: ReplicaState
    var flags: ReplicaFlags = []

    var blockID: BlockID { BlockID(block) }
    var generationStamp: GenerationStamp { GenerationStamp(stamp) }
    /// Finalized and nothing said against it.
    var isGood: Bool { state == .finalized && flags.isEmpty }
}

/// Number of a storage in this process; reused after the storage is gone.
struct StorageIndex: Hashable, Sendable {
    let rawValue: UInt16

    init(_ rawValue: UInt16) { self.rawValue = rawValue }
}
