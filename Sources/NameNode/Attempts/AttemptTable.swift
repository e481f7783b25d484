import Core

/// Attempts that agents tell of: when they last did, what was reported, what they are to be told. A value without clock: time
/// comes with every call, in milliseconds of a clock that never jumps.
struct AttemptTable {
    /// Who asks: the owner of an experiment knows and stops all attempts that say that they are its own.
    struct Asker: Hashable, Sendable {
        var user: String
        var isSuperuser: Bool
        /// The experiment, where it is this user's.
        var experiment: InodeID?
    }

    /// An attempt, and how many of its values the asker knows.
    struct Known: Hashable, Sendable {
        var run: RunID
        var count: UInt64
    }

    private struct Attempt {
        var owner: String
        var experiment: InodeID?
        var renewedMs: Int64
        var count: UInt64 = 0
        var points: [MetricPoint] = []
        var stop: String?
        /// Who waits for news of it.
        var watcher: UInt64?

        func isOpen(to asker: Asker) -> Bool {
            asker.isSuperuser || owner == asker.user || experiment != nil && experiment == asker.experiment
        }
    }

    private let startedMs: Int64
    private var attempts: [RunID: Attempt] = [:]

    init(nowMs: Int64) { startedMs = nowMs }

    var count: Int { attempts.count }

    /// Takes a report of a live run. What the agent is to be told, and who waits for the values that are new.
    mutating func renew(_ report: AttemptReport, owner: String, nowMs: Int64) -> (stop: String?, watcher: UInt64?) {
        var attempt = attempts[report.run] ?? Attempt(owner: owner, renewedMs: nowMs)
        attempt.experiment = report.experiment
        attempt.renewedMs = nowMs
        var watcher: UInt64?
        if report.count > attempt.count {
            // Only what follows without a gap goes on from what is kept.
            let lacking = report.count - attempt.count
            if UInt64(report.points.count) < lacking { attempt.points = [] }
            attempt.points += report.points.suffix(Int(clamping: lacking))
            attempt.points = attempt.points.suffix(Limits.attemptPointsMax)
            attempt.count = report.count
            watcher = attempt.watcher
            attempt.watcher = nil
        }
        attempts[report.run] = attempt
        return (attempt.stop, watcher)
    }

    /// Begins an attempt's lease where nothing is known of it. `owner`: of its run, which lives.
    mutating func expect(_ run: RunID, owner: String, nowMs: Int64) {
        if attempts[run] == nil { attempts[run] = Attempt(owner: owner, renewedMs: nowMs) }
    }

    /// Has the attempt told to stop; false where the asker has no right to, or nothing is known of it.
    mutating func stop(_ run: RunID, _ reason: String, by asker: Asker) -> Bool {
        guard let attempt = attempts[run], attempt.isOpen(to: asker) else { return false }
        if attempt.stop == nil { attempts[run]?.stop = reason }
        return true
    }

    /// What the asker does not know yet.
    func news(beyond known: [Known], by asker: Asker, leaseMs: Int64, nowMs: Int64) -> [AttemptNews] {
        known.compactMap { known in
            guard let attempt = attempts[known.run] else {
                // Of a run that ended before this table began nobody will tell; of one that nobody heard of, after the lease.
                guard nowMs - startedMs > leaseMs else { return nil }
                return AttemptNews(run: known.run, count: known.count, points: [], isSilent: true)
            }
            guard attempt.isOpen(to: asker) else { return nil }
            let isSilent = nowMs - attempt.renewedMs > leaseMs
            guard isSilent || attempt.count > known.count else { return nil }
            let lacking = attempt.count - min(known.count, attempt.count)
            return AttemptNews(
                run: known.run, count: attempt.count, points: attempt.points.suffix(Int(clamping: lacking)),
                isSilent: isSilent)
        }
    }

    /// Has `watcher` told of the next values of these attempts, instead of who waited before.
    mutating func watch(_ known: [Known], by asker: Asker, watcher: UInt64) {
        for known in known where attempts[known.run]?.isOpen(to: asker) == true {
            attempts[known.run]?.watcher = watcher
        }
    }

    /// Forgets attempts that nobody has told of for so long that no lease covers them.
    mutating func forget(nowMs: Int64) {
        let old = attempts.filter { nowMs - $0.value.renewedMs > Limits.attemptMemoryMs }
        for run in old.keys { attempts[run] = nil }
    }
}
