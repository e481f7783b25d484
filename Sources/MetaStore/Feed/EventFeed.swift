package import Core
internal import DequeModule

/// The event feed of an engine: reads of published records, and waits for the next ones.
///
/// Readers read segments (`FeedSource`) on two threads of their own, each a bounded turn at a time, so that one who reads all
/// of the log holds up nobody. One who has read everything and wants more waits (`FeedTail`): a third thread reads what is
/// new once for all of them, when it is told of a new batch. The planner waits for none of these.
///
/// `@unchecked Sendable`: mutable state is used only with `lock` held; `threads` only by `start` and `close`.
package final class EventFeed: @unchecked Sendable {
    package typealias Completion = @Sendable (Result<FeedPage, HFSError>) -> Void

    private enum Work {
        case page(FeedTask)
        case records(
            from: LSN, eventsMax: Int, completion: @Sendable (Result<FeedRecords, HFSError>) -> Void)

        func fail(_ error: HFSError) {
            switch self {
            case .page(let task): task.completion(.failure(error))
            case .records(_, _, let completion): completion(.failure(error))
            }
        }
    }

    private let source: any FeedSource
    private let tail: FeedTail
    private let clock: any HFSClock
    private let lock = ConditionLock()
    private var queue = Deque<Work>()
    private var isClosed = false
    private var threads: [DedicatedThread] = []

    private static let threadCount = 2

    init(source: any FeedSource, clock: any HFSClock) {
        self.source = source
        self.clock = clock
        tail = FeedTail(source: source, clock: clock)
    }

    func start() throws(HFSError) {
        try tail.start()
        for index in 0..<Self.threadCount {
            threads.append(
                try DedicatedThread(name: "feed-reader-\(index)") { [self] in
                    while let work = next() { turn(work) }
                })
        }
    }

    /// Ends all waits with `.retriable`, and the threads.
    func close() {
        lock.withLock {
            isClosed = true
            lock.broadcast()
        }
        for thread in threads { thread.join() }
        threads = []
        tail.close()
        for work in lock.withLock({ queue }) { work.fail(Self.closedError) }
    }

    static var closedError: HFSError { HFSError(.retriable, "the metadata engine is closed") }
    static var abandonedError: HFSError { HFSError(.cancelled, "the connection is closed") }

    /// The oldest record that is kept; one more than the newest when there is none.
    package var oldestLSN: LSN { LSN(source.oldestLSN) }
    /// Reads that wait for news.
    package var waiting: Int { tail.count }

    /// Blocks until so many reads wait for news; false when it takes longer than `timeoutMs`.
    package func awaitWaiting(_ count: Int, timeoutMs: Int64 = 30_000) -> Bool {
        tail.awaitCount(count, timeoutMs: timeoutMs)
    }

    /// Reads a part of the feed. `completion` runs once, on a thread of the feed, and must not block.
    ///
    /// An answer without entries comes when the wait is over, or a turn's bytes were gone through without a match and nothing
    /// was to be waited for; its `nextLSN` says how far the search came.
    /// Errors: `.eventsRemoved` when the start is no longer kept, `.invalidArgument` when it lies in the future,
    /// `.corruptMetadata`, `.io`, `.retriable` when too many read or wait.
    package func read(_ request: FeedRequest, completion: @escaping Completion) {
        let waitMs = min(max(request.waitMs, 0), Limits.feedWaitMsMax)
        submit(.page(FeedTask(request, deadlineMs: clock.monotonicMs + waitMs, completion: completion)))
    }

    /// Reads whole records from `lsn` on, until they have `eventsMax` events. `.zero` means the oldest one kept. For those who
    /// need the rows; everybody else reads entries. Errors as `read`.
    package func readRecords(
        from lsn: LSN, eventsMax: Int, completion: @escaping @Sendable (Result<FeedRecords, HFSError>) -> Void
    ) {
        submit(.records(from: lsn, eventsMax: eventsMax, completion: completion))
    }

    /// Tells which records cursors still need, each by its first: the log keeps them within the limits of retention. An engine
    /// that was opened with `awaitsCursors` removes nothing before.
    package func setCursors(_ lsns: [LSN]) { source.setCursors(lsns.map(\.rawValue)) }

    /// Answers all who wait with an empty page, and refuses further waits with `.retriable`: the server is about to stop and
    /// holds no call longer than it must.
    package func endWaits() { tail.endWaits() }

    /// Ends the waits of an owner with `.cancelled`.
    package func drop(owner: UInt64) { tail.drop(owner: owner) }

    /// More can be read. Called after each batch: wakes the tail if somebody waits.
    func published() { tail.published() }

    private func submit(_ work: Work) {
        let isTaken = lock.withLock {
            guard !isClosed, queue.count < Limits.feedQueueMax else { return false }
            queue.append(work)
            lock.signal()
            return true
        }
        if !isTaken { work.fail(HFSError(.retriable, "too many reads of the event feed wait already")) }
    }

    /// Lets others have their turn first.
    private func requeue(_ task: FeedTask) {
        let isTaken = lock.withLock {
            if !isClosed { queue.append(.page(task)) }
            return !isClosed
        }
        if !isTaken { task.completion(.failure(Self.closedError)) }
    }

    private func next() -> Work? {
        lock.withLock {
            while queue.isEmpty, !isClosed { lock.wait() }
            return isClosed ? nil : queue.popFirst()
        }
    }

    private func turn(_ work: Work) {
        switch work {
        case .page(let task): turn(task)
        case .records(let lsn, let eventsMax, let completion):
            do throws(HFSError) {
                completion(.success(try FeedRecords(from: lsn.rawValue, eventsMax: eventsMax, source)))
            } catch {
                completion(.failure(error))
            }
        }
    }

    private func turn(_ task: FeedTask) {
        let last = source.publishedLSN
        do throws(HFSError) {
            let page = try task.read(source, through: last)
            guard page.events.isEmpty, task.deadlineMs > clock.monotonicMs else {
                return task.completion(.success(page))
            }
            if page.nextLSN.rawValue > last, try tail.take(task) { return }
            requeue(task)
        } catch {
            task.completion(.failure(error))
        }
    }
}
