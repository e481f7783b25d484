import Client
import Core

/// What an agent has taken and what of its room is left.
struct AgentLoad {
    struct Trial {
        let runner: AttemptRunner
        let token: DelegationToken
        let grant: ResourceLedger.Grant
    }

    var ledger: ResourceLedger
    var trials: [ObjectIdentifier: Trial] = [:]
    /// By the job's path.
    private(set) var jobs: [String: JobPart] = [:]
    /// Whose workers have yet to start.
    private var starting: [String] = []
    /// Monotonic time of the last look at other agents' jobs.
    var supervisedMs: Int64 = 0

    /// When the last of its work ended, by the monotonic clock; nil while it has some.
    private var idleSinceMs: Int64?
    /// Takes nothing more: its time is nearly over.
    private(set) var isWarned = false

    /// When tokens were last renewed.
    private var renewedMs: Int64?

    /// The tokens of all that it has, when they are due to be renewed: four times in a token's life.
    mutating func dueTokens(_ nowMs: Int64) -> [DelegationToken] {
        let lastMs = renewedMs ?? nowMs
        renewedMs = lastMs
        guard nowMs - lastMs >= Limits.tokenLifetimeMs / 4 else { return [] }
        renewedMs = nowMs
        return trials.values.map(\.token) + jobs.values.map(\.started.token)
    }

    init(_ capacity: AgentCapacity) { ledger = ResourceLedger(capacity) }

    func stop(_ path: String, _ reason: String) {
        for trial in trials.values where trial.runner.directoryOfTrial == path { trial.runner.stop(.early(reason)) }
        jobs[path]?.workers.stop(.ordered(.killed, reason))
    }

    /// Its time is nearly over: programs are told, and nothing more is taken.
    mutating func warn() {
        isWarned = true
        for trial in trials.values { trial.runner.warn() }
        for part in jobs.values { part.workers.warn() }
    }

    /// Whether it has had nothing to do for so long.
    mutating func isIdle(_ nowMs: Int64, for idleMs: Int64) -> Bool {
        guard trials.isEmpty, jobs.isEmpty else {
            idleSinceMs = nil
            return false
        }
        let sinceMs = idleSinceMs ?? nowMs
        idleSinceMs = sinceMs
        return nowMs - sinceMs >= idleMs
    }

    mutating func endTrial(_ runner: ObjectIdentifier) {
        if let trial = trials.removeValue(forKey: runner) { ledger.giveBack(trial.grant) }
    }

    // MARK: Jobs

    /// Takes a part in a job, or replaces what is known of it.
    mutating func set(_ part: JobPart) { jobs[part.paths.root] = part }

    /// A part's workers are to start: all the job's workers have an agent.
    mutating func start(_ job: String, _ claim: JobClaim) {
        guard jobs[job]?.isRunning == false else { return }
        jobs[job]?.claim = claim
        jobs[job]?.isRunning = true
        starting.append(job)
    }

    mutating func takeStarting() -> [(String, JobPart)] {
        defer { starting = [] }
        return starting.compactMap { job in jobs[job].map { (job, $0) } }
    }

    mutating func endJob(_ job: String) {
        guard let part = jobs.removeValue(forKey: job) else { return }
        for grant in part.grants { ledger.giveBack(grant) }
    }
}
