internal import Core
internal import DequeModule

/// Takes operations from a bounded queue and hands planned batches to the log. The thread's work itself is in `PlanRun`.
///
/// `@unchecked Sendable`: queue state is used only with `lock` held; `run` and `open` only by the planner thread.
final class Planner: @unchecked Sendable {
    private let lock = ConditionLock()
    private let queueMax: Int
    private let run: PlanRun
    private let log: LogThread
    private var queue = Deque<PlannerJob>()
    /// Jobs that wait for rows; they come back.
    private var deferred = 0
    private var isLogIdle = true
    private var isWaiting = false
    private var isClosing = false
    private var thread: DedicatedThread?

    /// Operations planned between two looks at whether the log is free.
    private static let stepMax = 64

    init(run: PlanRun, log: LogThread, queueMax: Int) {
        self.run = run
        self.log = log
        self.queueMax = queueMax
    }

    func start() throws(HFSError) {
        thread = try DedicatedThread(name: "planner") { [self] in
            var jobs: [PlannerJob] = []
            while next(&jobs) {
                for job in jobs where !run.plan(job) { cancelDeferral(job) }
                jobs.removeAll(keepingCapacity: true)
            }
        }
    }

    /// Operations that wait to be planned, and for rows.
    var waiting: (queued: Int, deferred: Int) { lock.withLock { (queue.count, deferred) } }

    /// Queues a job; false when the queue is full or closed.
    func submit(_ job: PlannerJob) -> HFSError? {
        lock.lock()
        defer { lock.unlock() }
        guard !isClosing else { return HFSError(.retriable, "the metadata engine is closed") }
        guard queue.count < queueMax else {
            return HFSError(.retriable, "\(queueMax) metadata operations are waiting already")
        }
        queue.append(job)
        if isWaiting { lock.signal() }
        return nil
    }

    /// A deferred job has its rows: it goes first.
    func requeue(_ job: PlannerJob) {
        lock.lock()
        deferred -= 1
        queue.prepend(job)
        if isWaiting { lock.signal() }
        lock.unlock()
    }

    /// A job is about to wait for rows.
    func deferring() { lock.withLock { deferred += 1 } }
    private func cancelDeferral(_ job: PlannerJob) { lock.withLock { deferred -= 1 } }

    /// The log is free for the next batch.
    func logBecameIdle() {
        lock.lock()
        isLogIdle = true
        if isWaiting { lock.signal() }
        lock.unlock()
    }

    /// Hands over the open batch, waiting until the log is free: the planner is about to wait for something else.
    func flush() {
        lock.lock()
        defer { lock.unlock() }
        guard !run.batch.isEmpty else { return }
        while !isLogIdle {
            isWaiting = true
            lock.wait()
            isWaiting = false
        }
        isLogIdle = false
        log.submit(run.handOver())
    }

    /// Plans what was submitted and ends the thread.
    func close() {
        lock.withLock {
            isClosing = true
            lock.signal()
        }
        thread?.join()
        thread = nil
    }

    /// Waits for jobs, handing over the open batch as soon as the log is free; false at the end.
    private func next(_ jobs: inout [PlannerJob]) -> Bool {
        lock.lock()
        defer { lock.unlock() }
        while true {
            if isLogIdle, !run.batch.isEmpty {
                isLogIdle = false
                log.submit(run.handOver())
            }
            if !queue.isEmpty, !run.isFull {
                let count = min(queue.count, Self.stepMax)
                jobs.append(contentsOf: queue.prefix(count))
                queue.removeFirst(count)
                return true
            }
            if isClosing, queue.isEmpty, deferred == 0, run.batch.isEmpty, isLogIdle { return false }
            isWaiting = true
            lock.wait()
            isWaiting = false
        }
    }
}
