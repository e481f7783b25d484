internal import Core
internal import DequeModule
internal import Synchronization

/// Takes operations from a bounded queue, plans them (`PlanRun`) and commits them in batches (`BatchCommitter`), on one
/// thread: what is submitted while one batch is written makes the next.
///
/// A thread of its own for the log would plan while the disk works, but passing each batch there and back costs more than
/// planning it.
///
/// `@unchecked Sendable`: queue state is used only with `lock` held; `run` and `committer` only by the planner thread.
final class Planner: @unchecked Sendable {
    private let lock = ConditionLock()
    private let queueMax: Int
    private let run: PlanRun
    private let committer: BatchCommitter
    private var queue = Deque<PlannerJob>()
    /// Jobs that wait for rows; they come back.
    private var deferred = 0
    private var isWaiting = false
    private var isClosing = false
    private var thread: DedicatedThread?
    /// Threads in the middle of submitting.
    private let bursts = Atomic<Int>(0)
    /// Something was queued in a burst while the planner slept.
    private let isWakeDue = Atomic<Bool>(false)

    /// Operations taken off the queue at a time.
    private static let stepMax = 64

    init(run: PlanRun, committer: BatchCommitter, queueMax: Int) {
        self.run = run
        self.committer = committer
        self.queueMax = queueMax
    }

    func start() throws(HFSError) {
        thread = try DedicatedThread(name: "planner") { [self] in
            var jobs: [PlannerJob] = []
            while next(&jobs) {
                for job in jobs where !run.plan(job) { cancelDeferral(job) }
                if jobs.isEmpty || run.isFull { flush() }
                jobs.removeAll(keepingCapacity: true)
            }
            committer.close()
        }
    }

    /// Operations that wait to be planned, and for rows.
    var waiting: (queued: Int, deferred: Int) { lock.withLock { (queue.count, deferred) } }

    /// Queues a job; the error when the queue is full or closed.
    func submit(_ job: PlannerJob) -> HFSError? {
        lock.lock()
        guard !isClosing, queue.count < queueMax else {
            defer { lock.unlock() }
            return isClosing
                ? HFSError(.retriable, "the metadata engine is closed")
                : HFSError(.retriable, "\(queueMax) metadata operations are waiting already")
        }
        queue.append(job)
        let isWaiting = isWaiting
        lock.unlock()
        guard isWaiting else { return nil }
        // Either this sees that no burst goes on, or a burst that does sees at its end what is stored here.
        isWakeDue.store(true, ordering: .sequentiallyConsistent)
        if bursts.load(ordering: .sequentiallyConsistent) == 0 { wakeIfDue() }
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

    /// Commits the open batch: it is full, or nothing else is to be done, or the planner is about to wait for something.
    func flush() {
        guard !run.batch.isEmpty else { return }
        committer.commit(run.handOver())
        run.forgetPublished()
    }

    /// Plans and commits what was submitted and ends the thread.
    func close() {
        lock.withLock {
            isClosing = true
            lock.signal()
        }
        thread?.join()
        thread = nil
    }

    /// Waits for jobs; without any when there is a batch to commit first. False at the end.
    private func next(_ jobs: inout [PlannerJob]) -> Bool {
        lock.lock()
        defer { lock.unlock() }
        while true {
            if !queue.isEmpty {
                let count = min(queue.count, Self.stepMax)
                jobs.append(contentsOf: queue.prefix(count))
                queue.removeFirst(count)
                return true
            }
            if !run.batch.isEmpty { return true }
            if isClosing, deferred == 0 { return false }
            isWaiting = true
            lock.wait()
            isWaiting = false
        }
    }
}

extension Planner: BurstObserver {
    func burstBegins() { bursts.wrappingAdd(1, ordering: .sequentiallyConsistent) }

    func burstEnds() {
        bursts.wrappingSubtract(1, ordering: .sequentiallyConsistent)
        if isWakeDue.load(ordering: .sequentiallyConsistent) { wakeIfDue() }
    }

    private func wakeIfDue() {
        if isWakeDue.exchange(false, ordering: .sequentiallyConsistent) { lock.signal() }
    }
}
