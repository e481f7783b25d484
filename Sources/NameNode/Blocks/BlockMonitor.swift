internal import Core
internal import DequeModule

/// The thread that does block management's background work: queued reports in their order, then a round of what is due,
/// whenever something happened and at least every half second.
///
/// `@unchecked Sendable`: every mutable property is used only with `lock` held, `thread` only by `start` and `stop`.
final class BlockMonitor: @unchecked Sendable {
    /// The longest sleep: nodes that fall silent are noticed this much late.
    static let tickMs: Int64 = 500
    /// Jobs in a row before a round.
    private static let jobsPerRound = 16

    private let clock: any HFSClock
    private let lock = ConditionLock()
    private var jobs: Deque<@Sendable () -> Void> = []
    private var isWoken = false
    private var isStopped = false
    private var thread: DedicatedThread?

    init(clock: any HFSClock) { self.clock = clock }

    /// `round` returns the time of the next deadline.
    func start(round: @escaping @Sendable () -> Int64) throws(HFSError) {
        thread = try DedicatedThread(name: "block-monitor") { [self] in run(round) }
    }

    /// Ends after the jobs at hand; not from the thread itself.
    func stop() {
        lock.withLock {
            isStopped = true
            lock.signal()
        }
        thread?.join()
        thread = nil
    }

    func wake() {
        lock.withLock {
            guard !isWoken else { return }
            isWoken = true
            lock.signal()
        }
    }

    /// Runs `job` on the thread, after those before it. Before `start` jobs gather; after `stop` they are dropped.
    func enqueue(_ job: @escaping @Sendable () -> Void) {
        lock.withLock {
            guard !isStopped else { return }
            jobs.append(job)
            lock.signal()
        }
    }

    /// Runs the gathered jobs on the calling thread, for tests without the thread.
    func drain() {
        while let job = lock.withLock({ jobs.popFirst() }) { job() }
    }

    private func run(_ round: () -> Int64) {
        var deadlineMs = Int64.max
        while let batch = next(beforeMs: deadlineMs) {
            for job in batch { job() }
            deadlineMs = round()
        }
    }

    /// Waits for work. Nil at the end.
    private func next(beforeMs deadlineMs: Int64) -> [@Sendable () -> Void]? {
        let nowMs = clock.monotonicMs
        let waitMs = deadlineMs <= nowMs ? 0 : min(Self.tickMs, deadlineMs - nowMs)
        return lock.withLock {
            if jobs.isEmpty, !isWoken, !isStopped, waitMs > 0 { lock.wait(milliseconds: waitMs) }
            if isStopped, jobs.isEmpty { return nil }
            isWoken = false
            let batch = Array(jobs.prefix(Self.jobsPerRound))
            jobs.removeFirst(batch.count)
            return batch
        }
    }
}
