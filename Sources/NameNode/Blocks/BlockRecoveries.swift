internal import Core

/// Block recoveries in progress: which stamp they end in, which primary was asked, when another one is. A value without
/// clock or lock.
struct BlockRecoveries {
    struct Recovery {
        var stamp: GenerationStamp
        var recoveryID: GenerationStamp
        /// Primaries asked so far, in order.
        var tried: [DatanodeIndex] = []
        /// What each of them was asked about: the nodes that must have answered before it reports.
        var asked: [DatanodeIndex: [LocatedBlock.Location]] = [:]
        /// A primary told that none of those that it asked has a byte.
        var foundNothing = false
        /// Why the namespace did not take the newest result.
        var refusal: String?
        /// It was logged that datanodes are waited for.
        var isWaiting = false
        var deadlineMs: Int64
        var startedMs: Int64
    }

    private var recoveries: [BlockID: Recovery] = [:]

    var count: Int { recoveries.count }
    var nextDeadlineMs: Int64? { recoveries.values.map(\.deadlineMs).min() }

    subscript(_ block: BlockID) -> Recovery? { recoveries[block] }

    /// Starts a recovery, or replaces an older one. One with a smaller id than the one in progress is ignored.
    mutating func start(_ block: BlockID, _ stamp: GenerationStamp, recoveryID: GenerationStamp, nowMs: Int64) {
        if let known = recoveries[block], known.recoveryID >= recoveryID { return }
        recoveries[block] = Recovery(stamp: stamp, recoveryID: recoveryID, deadlineMs: nowMs, startedMs: nowMs)
    }

    /// The primary to ask next among `candidates` (best first): the first not yet tried, else the one tried longest ago.
    mutating func nextPrimary(
        _ block: BlockID, among candidates: [DatanodeIndex], deadlineMs: Int64
    ) -> DatanodeIndex? {
        guard var recovery = recoveries[block] else { return nil }
        defer { recoveries[block] = recovery }
        recovery.deadlineMs = deadlineMs
        let primary =
            candidates.first { !recovery.tried.contains($0) }
            ?? recovery.tried.first { candidates.contains($0) }
        guard let primary else { return nil }
        recovery.tried.removeAll { $0 == primary }
        recovery.tried.append(primary)
        return primary
    }

    /// Keeps which replicas `primary` was asked about.
    mutating func ordered(_ block: BlockID, by primary: DatanodeIndex, _ replicas: [LocatedBlock.Location]) {
        recoveries[block]?.asked[primary] = replicas
        recoveries[block]?.isWaiting = false
    }

    /// True when it was not noted before that `block` waits for datanodes.
    mutating func noteWaiting(_ block: BlockID) -> Bool {
        guard recoveries[block]?.isWaiting == false else { return false }
        recoveries[block]?.isWaiting = true
        return true
    }

    /// Takes a primary's result. It holds when it is of the newest recovery of the block; then the recovery waits until
    /// `deadlineMs` for its outcome to become durable, and is repeated if it does not.
    mutating func committed(_ block: BlockID, recoveryID: GenerationStamp, deadlineMs: Int64) -> Bool {
        guard recoveries[block]?.recoveryID == recoveryID else { return false }
        recoveries[block]?.deadlineMs = deadlineMs
        return true
    }

    mutating func noteNothingFound(_ block: BlockID) { recoveries[block]?.foundNothing = true }

    mutating func noteRefusal(_ block: BlockID, _ reason: String) { recoveries[block]?.refusal = reason }

    mutating func remove(_ block: BlockID) { recoveries[block] = nil }

    /// The recoveries whose primary is overdue, by block.
    func due(nowMs: Int64) -> [BlockID] {
        recoveries.filter { $0.value.deadlineMs <= nowMs }.keys.sorted()
    }
}
