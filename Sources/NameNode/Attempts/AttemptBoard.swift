import Core
import Synchronization

/// Where agents tell of their attempts and drivers hear of them: memory alone, nothing of it is logged. It begins empty with the
/// namenode, so that every lease then has its full length again. Thread-safe.
final class AttemptBoard: Sendable {
    typealias Completion = @Sendable ([AttemptNews]) -> Void

    private struct Waiter {
        var known: [AttemptTable.Known]
        var asker: AttemptTable.Asker
        var leaseMs: Int64
        var deadlineMs: Int64
        var completion: Completion
    }

    private struct State {
        var table: AttemptTable
        var waiters: [UInt64: Waiter] = [:]
        var lastWaiter: UInt64 = 0
        var forgottenMs: Int64
        var isEnding = false

        /// Takes a waiter; what it is to be told.
        mutating func answer(_ id: UInt64, nowMs: Int64) -> (Completion, [AttemptNews])? {
            guard let waiter = waiters.removeValue(forKey: id) else { return nil }
            let news = table.news(beyond: waiter.known, by: waiter.asker, leaseMs: waiter.leaseMs, nowMs: nowMs)
            return (waiter.completion, news)
        }
    }

    private let clock: any HFSClock
    private let identities: Identities
    private let state: Mutex<State>

    init(clock: any HFSClock, identities: Identities) {
        self.clock = clock
        self.identities = identities
        let nowMs = clock.monotonicMs
        state = Mutex(State(table: AttemptTable(nowMs: nowMs), forgottenMs: nowMs))
    }

    var count: Int { state.withLock { $0.table.count } }

    /// Takes an agent's reports; what it is to be told of them. Errors: `.accessDenied` for another's run, and nothing of the call
    /// is taken; `.retriable` when there are too many attempts.
    func renew(_ reports: [AttemptReport], by caller: Caller) throws(HFSError) -> [AttemptOrder] {
        var isLive: [Bool] = []
        isLive.reserveCapacity(reports.count)
        for report in reports { isLive.append(try isOwn(report.run, caller)) }
        let nowMs = clock.monotonicMs
        let (orders, answers) = try state.withLock { state throws(HFSError) in
            guard state.table.count + reports.count <= Limits.attemptsMax else {
                throw HFSError(.retriable, "\(state.table.count) attempts are known, and more than that is not kept")
            }
            var orders: [AttemptOrder] = []
            var watchers: Set<UInt64> = []
            for (report, isLive) in zip(reports, isLive) {
                guard isLive else {
                    orders.append(AttemptOrder(run: report.run, kind: .fenced))
                    continue
                }
                let (stop, watcher) = state.table.renew(report, owner: caller.user, nowMs: nowMs)
                if let stop { orders.append(AttemptOrder(run: report.run, kind: .stop(stop))) }
                if let watcher { watchers.insert(watcher) }
            }
            return (orders, watchers.sorted().compactMap { state.answer($0, nowMs: nowMs) })
        }
        for (completion, news) in answers { completion(news) }
        return orders
    }

    /// Tells what is new of these attempts, waiting for it until the deadline by the monotonic clock. Errors: `.retriable` when too
    /// many wait.
    func watch(
        _ known: [AttemptTable.Known], by asker: AttemptTable.Asker, leaseMs: Int64, deadlineMs: Int64,
        _ completion: @escaping Completion
    ) throws(HFSError) {
        let nowMs = clock.monotonicMs
        let owners = known.map { identities.owner(of: $0.run) }
        let news = try state.withLock { state throws(HFSError) -> [AttemptNews]? in
            // Another's run is expected by what its own agent says alone.
            for (known, owner) in zip(known, owners) {
                guard let owner, asker.isSuperuser || owner == asker.user, state.table.count < Limits.attemptsMax else {
                    continue
                }
                state.table.expect(known.run, owner: owner, nowMs: nowMs)
            }
            let news = state.table.news(beyond: known, by: asker, leaseMs: leaseMs, nowMs: nowMs)
            if !news.isEmpty || nowMs >= deadlineMs || state.isEnding { return news }
            guard state.waiters.count < Limits.feedWaitersMax else {
                throw HFSError(.retriable, "\(state.waiters.count) calls wait for news of attempts")
            }
            state.lastWaiter += 1
            state.waiters[state.lastWaiter] = Waiter(
                known: known, asker: asker, leaseMs: leaseMs, deadlineMs: deadlineMs, completion: completion)
            state.table.watch(known, by: asker, watcher: state.lastWaiter)
            return nil
        }
        if let news { completion(news) }
    }

    /// Has attempts told to stop; those of them that will be.
    func stop(_ runs: [RunID], _ reason: String, by asker: AttemptTable.Asker) -> [RunID] {
        let owners = runs.map { identities.owner(of: $0) }
        let nowMs = clock.monotonicMs
        return state.withLock { state in
            zip(runs, owners).compactMap { run, owner in
                guard let owner else { return nil }
                if owner == asker.user, state.table.count < Limits.attemptsMax {
                    state.table.expect(run, owner: owner, nowMs: nowMs)
                }
                return state.table.stop(run, reason, by: asker) ? run : nil
            }
        }
    }

    /// Looks at the clock: answers those who wait too long, or for an attempt that has fallen silent.
    func tick() {
        let nowMs = clock.monotonicMs
        let answers = state.withLock { state in
            if nowMs - state.forgottenMs > Limits.attemptMemoryMs / 2 {
                state.forgottenMs = nowMs
                state.table.forget(nowMs: nowMs)
            }
            let due = state.waiters.filter { _, waiter in
                waiter.deadlineMs <= nowMs
                    || !state.table.news(
                        beyond: waiter.known, by: waiter.asker, leaseMs: waiter.leaseMs, nowMs: nowMs
                    ).isEmpty
            }
            return due.keys.sorted().compactMap { state.answer($0, nowMs: nowMs) }
        }
        for (completion, news) in answers { completion(news) }
    }

    /// The namenode ends: nobody waits any more.
    func endWaits() {
        let nowMs = clock.monotonicMs
        let answers = state.withLock { state in
            state.isEnding = true
            return state.waiters.keys.sorted().compactMap { state.answer($0, nowMs: nowMs) }
        }
        for (completion, news) in answers { completion(news) }
    }

    /// Whether the run lives, which must be the caller's, and within the one that the connection acts for.
    private func isOwn(_ run: RunID, _ caller: Caller) throws(HFSError) -> Bool {
        guard let owner = identities.owner(of: run) else { return false }
        guard owner == caller.user else {
            throw HFSError(.accessDenied, "\(run) is not a run of \(caller.user)")
        }
        if let outer = caller.run, !identities.isLive(run, within: outer) {
            throw HFSError(.accessDenied, "\(run) is not within \(outer)")
        }
        return true
    }
}
