public import Core

/// Who has a job: the word that agents exchange by compare-and-set, and by nothing else.
///
///     QUEUED {"attempt":1,...}       waits
///     GATHERING {...}                some of its workers have an agent: none runs before all have
///     RUNNING {...}                  all have: taken by the one exchange that completed them
///     ENDED {...,"result":{...}}
public struct JobClaim: Hashable, Sendable {
    public enum State: String, Hashable, Sendable, CaseIterable {
        case queued = "QUEUED"
        case gathering = "GATHERING"
        case running = "RUNNING"
        case ended = "ENDED"
    }

    /// All but the state.
    struct Body: Hashable, Sendable, Codable {
        var attempt = 1
        var failures = 0
        var members: [JobMember] = []
        var fence: [UInt64] = []
        var lastReason: String?
        var result: TrialResult?
    }

    public private(set) var state: State
    private var body: Body

    /// A new job's.
    public init() { (state, body) = (.queued, Body()) }

    /// Which attempt waits, runs, or was the last.
    public var attempt: Int { body.attempt }
    /// Attempts whose program failed.
    public var failures: Int { body.failures }
    /// In the order of their workers' ranks.
    public var members: [JobMember] { body.members }
    /// Runs of earlier attempts, to be ended before this attempt starts.
    var fence: [RunID] { body.fence.map { RunID($0) } }
    /// Why the attempt before came to nothing.
    public var lastReason: String? { body.lastReason }
    /// How the job ended.
    public var result: TrialResult? { body.result }

    public func text() throws(HFSError) -> String {
        "\(state.rawValue) \(String(decoding: try CanonicalJSON.bytes(body), as: UTF8.self))"
    }

    /// Reads what `text()` writes; `.corruptMetadata` for anything else.
    public init(_ text: String) throws(HFSError) {
        let parts = text.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, let state = State(rawValue: String(parts[0])) else {
            throw HFSError(.corruptMetadata, "'\(text)' is no claim of a job")
        }
        self.state = state
        body = try CanonicalJSON.value(Body.self, from: Array(parts[1].utf8))
    }

    // MARK: Changes

    /// How many workers have an agent.
    public var gathered: Int { members.reduce(0) { $0 + $1.ports.count } }

    /// With this member's workers, in place of what it had before; runs once all `workers` are there.
    func joined(by member: JobMember, workers: Int) -> JobClaim {
        precondition(state == .queued || state == .gathering)
        var next = self
        next.body.members.removeAll { $0.agent == member.agent }
        next.body.members.append(member)
        precondition(next.gathered <= workers)
        next.state = next.gathered == workers ? .running : .gathering
        if next.state == .running { next.body.fence = [] }
        return next
    }

    /// Without these agents' workers.
    func left(by agents: Set<String>) -> JobClaim {
        precondition(state == .gathering)
        var next = self
        next.body.members.removeAll { agents.contains($0.agent) }
        if next.body.members.isEmpty { next.state = .queued }
        return next
    }

    /// With an agent's workers at their end.
    func done(_ agent: String) -> JobClaim {
        var next = self
        for index in next.body.members.indices where next.body.members[index].agent == agent {
            next.body.members[index].isDone = true
        }
        return next
    }

    /// The next attempt, which first ends the runs of this one.
    func again(_ reason: String, counts: Bool) -> JobClaim {
        var next = self
        next.state = .queued
        next.body.fence = members.map(\.run)
        next.body.members = []
        next.body.attempt += 1
        next.body.lastReason = reason
        if counts { next.body.failures += 1 }
        return next
    }

    func ended(_ result: TrialResult) -> JobClaim {
        var next = self
        next.state = .ended
        next.body.result = result
        return next
    }

    /// What becomes of a running attempt that came to nothing.
    func afterFailure(_ result: TrialResult, counts: Bool, retries: Int) -> JobClaim {
        if counts, failures >= retries { return ended(TrialResult(.failed, step: result.step, reason: result.reason)) }
        return again(result.reason ?? "it failed", counts: counts)
    }

    /// The rank of a member's first worker.
    func firstRank(of agent: String) -> Int {
        members.prefix { $0.agent != agent }.reduce(0) { $0 + $1.ports.count }
    }
}
