public import Core

/// What a journal says has happened so far: the state from which optimizers decide.
public struct History: Hashable, Sendable {
    /// A trial as the journal knows it.
    public struct Trial: Hashable, Sendable {
        public let index: Int
        public let seed: UInt32
        public let suggestion: Suggestion
        /// The number of the last attempt; 0 before the first.
        public internal(set) var attempts = 0
        /// Attempts whose program failed.
        public internal(set) var failures = 0
        /// The agent of the attempt that runs.
        public internal(set) var agent: String?
        /// Why it was told to stop.
        public internal(set) var stopReason: String?
        /// Whether somebody runs it: an agent, or who asked for it.
        public var isBegun: Bool { agent != nil || suggestion.asked?.isReserved == true }
        /// nil while it is queued or runs.
        public internal(set) var result: TrialResult?
    }

    public private(set) var trials: [Trial] = []

    public init() {}

    /// The history of a whole journal.
    public init(_ records: some Sequence<JournalRecord>) throws(HFSError) {
        for record in records { try apply(record) }
    }

    /// Takes in one more record. `.corruptMetadata` for one that cannot follow: an unknown trial, a second end.
    public mutating func apply(_ record: JournalRecord) throws(HFSError) {
        switch record {
        case .enqueued(let trial, let seed, let suggestion):
            guard trial == trials.count else { throw Self.refusal(record, "trial \(trials.count) comes next") }
            trials.append(Trial(index: trial, seed: seed, suggestion: suggestion))
        case .claimed(let trial, let attempt, let agent):
            let known = try open(trial, record)
            guard known.agent == nil, attempt == known.attempts + 1 else {
                throw Self.refusal(record, "attempt \(known.attempts) was the last one")
            }
            trials[trial].attempts = attempt
            trials[trial].agent = agent
        case .stopping(let trial, _, let reason):
            _ = try open(trial, record)
            trials[trial].stopReason = reason
        case .fenced(let trial, let attempt, _, let counts):
            guard try open(trial, record).attempts == attempt else { throw Self.refusal(record, "no such attempt") }
            trials[trial].agent = nil
            if counts { trials[trial].failures += 1 }
        case .ended(let trial, let attempt, let result):
            guard try open(trial, record).attempts == attempt else { throw Self.refusal(record, "no such attempt") }
            trials[trial].agent = nil
            trials[trial].result = result
        }
    }

    /// Trials that have not ended.
    public var openCount: Int { trials.count { $0.result == nil } }

    /// Trials that have not ended and that agents run: those that somebody asked for take no slot.
    public var offeredCount: Int { trials.count { $0.result == nil && $0.suggestion.asked?.isReserved != true } }

    /// The ended trial with the best metric, the earliest of equals; with budgets only those with the largest one reached.
    public func best(_ direction: Direction) -> Trial? {
        let scored = trials.filter { $0.result?.loss(direction) != nil }
        let budget = scored.map { $0.suggestion.budget ?? 0 }.max()
        return scored.filter { ($0.suggestion.budget ?? 0) == budget }.min {
            ($0.result?.loss(direction) ?? .infinity) < ($1.result?.loss(direction) ?? .infinity)
        }
    }

    private func open(_ trial: Int, _ record: JournalRecord) throws(HFSError) -> Trial {
        guard trials.indices.contains(trial) else { throw Self.refusal(record, "there is no such trial") }
        guard trials[trial].result == nil else { throw Self.refusal(record, "the trial has ended") }
        return trials[trial]
    }

    private static func refusal(_ record: JournalRecord, _ reason: String) -> HFSError {
        HFSError(.corruptMetadata, "The journal cannot go on with \(record): \(reason)")
    }
}
