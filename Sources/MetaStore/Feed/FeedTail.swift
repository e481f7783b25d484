internal import Core

/// Those who have read the whole feed and wait for what comes next. One thread reads what is new once and gives each what it
/// wants.
///
/// `@unchecked Sendable`: mutable state is used only with `lock` held, `thread` only by `start` and `close`; matching and
/// answering happen without it, so that who publishes never waits long to tell of it.
final class FeedTail: @unchecked Sendable {
    private enum Step { case read(UInt64), expired([FeedTask]), stop }

    private let source: any FeedSource
    private let clock: any HFSClock
    private let lock = ConditionLock()
    private var waiting: [FeedTask] = [] {
        didSet {
            let count = waiting.count
            counted.update { $0 = count }
        }
    }
    private let counted = Monitor(0)
    /// The next record that somebody who waits has not seen.
    private var nextLSN: UInt64 = 0
    private var isClosed = false
    /// Nobody may begin to wait any more.
    private var isEnding = false
    private var thread: DedicatedThread?

    init(source: any FeedSource, clock: any HFSClock) {
        self.source = source
        self.clock = clock
    }

    func start() throws(HFSError) {
        thread = try DedicatedThread(name: "feed-tail") { [self] in
            while step() {}
        }
    }

    func close() {
        let left = lock.withLock {
            isClosed = true
            lock.signal()
            defer { waiting = [] }
            return waiting
        }
        for task in left { task.completion(.failure(EventFeed.closedError)) }
        thread?.join()
        thread = nil
    }

    var count: Int { counted.withLock { $0 } }

    /// Blocks until so many wait; false when it takes longer than `timeoutMs`.
    func awaitCount(_ count: Int, timeoutMs: Int64) -> Bool {
        counted.wait(timeoutMs: timeoutMs) { $0 == count ? true : nil } ?? false
    }

    /// Something was published.
    func published() {
        lock.lock()
        if !waiting.isEmpty { lock.signal() }
        lock.unlock()
    }

    /// Keeps a task that has read everything until there is more; false when there is more by now. `.retriable` when too many
    /// wait.
    func take(_ task: FeedTask) throws(HFSError) -> Bool {
        try lock.withLock { () throws(HFSError) in
            guard !isClosed, !isEnding else { throw EventFeed.closedError }
            // An owner is abandoned before it is dropped: whoever gets in here is found by its drop.
            guard !task.isAbandoned() else { throw EventFeed.abandonedError }
            guard waiting.count < Limits.feedWaitersMax else {
                throw HFSError(.retriable, "\(Limits.feedWaitersMax) readers of the event feed wait already")
            }
            // Publishing comes before `published`, so that nothing can be missed between this look and the wait.
            guard let position = task.position, source.publishedLSN < position else { return false }
            nextLSN = waiting.isEmpty ? position : min(nextLSN, position)
            waiting.append(task)
            lock.signal()
            return true
        }
    }

    /// Answers all who wait with nothing, and lets nobody wait from now on.
    func endWaits() {
        let ended = lock.withLock {
            isEnding = true
            defer { waiting = [] }
            return waiting
        }
        for task in ended { answer(task, PackedEvents()) }
    }

    func drop(owner: UInt64) {
        let dropped = lock.withLock {
            let dropped = waiting.filter { $0.owner == owner }
            if !dropped.isEmpty { waiting.removeAll { $0.owner == owner } }
            return dropped
        }
        for task in dropped { task.completion(.failure(EventFeed.abandonedError)) }
    }

    private func step() -> Bool {
        switch lock.withLock({ nextStep() }) {
        case .stop: return false
        case .expired(let tasks): for task in tasks { answer(task, PackedEvents()) }
        case .read(let lsn): read(from: lsn)
        }
        return true
    }

    private func nextStep() -> Step {
        while !isClosed {
            guard let earliestMs = waiting.lazy.map(\.deadlineMs).min() else {
                lock.wait()
                continue
            }
            if source.publishedLSN >= nextLSN { return .read(nextLSN) }
            let nowMs = clock.monotonicMs
            guard earliestMs > nowMs else {
                let expired = waiting.filter { $0.deadlineMs <= nowMs }
                waiting.removeAll { $0.deadlineMs <= nowMs }
                return .expired(expired)
            }
            lock.wait(milliseconds: earliestMs - nowMs)
        }
        return .stop
    }

    private func read(from lsn: UInt64) {
        let everything = FeedTask(FeedRequest(.lsn(LSN(lsn))), deadlineMs: 0) { _ in }
        let page: FeedPage
        do throws(HFSError) {
            page = try everything.read(source, through: source.publishedLSN)
        } catch {
            let failed = lock.withLock {
                defer { waiting = [] }
                return waiting
            }
            for task in failed { task.completion(.failure(error)) }
            return
        }
        let next = page.nextLSN.rawValue
        let tasks = lock.withLock {
            defer { waiting = [] }
            return waiting
        }
        var left: [FeedTask] = []
        for task in tasks where !give(page, from: lsn, to: task) { left.append(task) }
        waitOn(left, nextLSN: next)
    }

    /// Has those wait on for whom nothing was there. Meanwhile all waits may have been ended, or their connections.
    private func waitOn(_ tasks: [FeedTask], nextLSN next: UInt64) {
        var abandoned: [FeedTask] = []
        let (hasClosed, hasEnded) = lock.withLock { () -> (Bool, Bool) in
            guard !isClosed, !isEnding else { return (isClosed, isEnding) }
            let waitingBefore = waiting.count
            for task in tasks {
                if task.isAbandoned() { abandoned.append(task) } else { waiting.append(task) }
            }
            if waiting.count > waitingBefore { nextLSN = waitingBefore == 0 ? next : min(next, nextLSN) }
            return (false, false)
        }
        if hasClosed {
            for task in tasks { task.completion(.failure(EventFeed.closedError)) }
        } else if hasEnded {
            for task in tasks { answer(task, PackedEvents()) }
        }
        for task in abandoned { task.completion(.failure(EventFeed.abandonedError)) }
    }

    /// False when nothing in the page, which begins at `start`, is for this task: it waits on.
    private func give(_ page: FeedPage, from start: UInt64, to task: FeedTask) -> Bool {
        let position = task.position ?? 0
        var next = page.nextLSN.rawValue
        var wanted = page.events
        if !task.filter.isEverything || position > start || page.events.count > task.entriesMax {
            let packer = EventPacker()
            page.events.forEach { entry, bytes in
                guard entry.lsn >= position, task.filter.wants(run: entry.run), task.filter.wants(entry.event) else {
                    return true
                }
                if packer.count >= task.entriesMax, entry.lsn != packer.lastLSN {
                    next = entry.lsn
                    return false
                }
                packer.add(entry, bytes)
                return true
            }
            wanted = packer.packed
        }
        task.position = max(next, position)
        guard !wanted.isEmpty else { return false }
        answer(task, wanted)
        return true
    }

    private func answer(_ task: FeedTask, _ events: PackedEvents) {
        task.completion(
            .success(
                FeedPage(
                    events: events, nextLSN: LSN(task.position ?? 0), publishedLSN: LSN(source.publishedLSN),
                    oldestLSN: LSN(source.oldestLSN))))
    }
}
