package import Core

/// Whether a metadata engine does what it promises.
package struct EngineHealth: Sendable {
    /// The log or a shard failed for good: nothing is acknowledged any more, and the process should start again.
    package var failure: HFSError?
    /// Changes are held up or refused until the shards have come closer to the log.
    package var isLagGateClosed = false
    /// Published edits that the slowest shard's file lacks.
    package var lagEdits: UInt64 = 0
    /// What keeps the log or a shard from its work for now, in words.
    package var problems: [String] = []

    package init() {}

    /// Everything is as it should be, and changes are taken.
    package var isGood: Bool { failure == nil && !isLagGateClosed && problems.isEmpty }
}
