import Client
package import Core
package import Logging
import NIOPosix
import Transport

/// Follows the event feed into the graph, and stores snapshots of the graph.
package final class Tailer: Sendable {
    /// Longest wait of one call for news, milliseconds.
    private static let waitMs: UInt32 = 30_000
    private static let pauseMsMax: Int64 = 5_000
    /// From one read to the next where the feed brings little at a time: a read costs the namenode as much as a hundred events.
    private static let gatherMs: Int64 = 25
    /// Entries of a page, or records left, with which the next read follows at once.
    private static let muchAtATime = 1024

    private let store: GraphStore
    private let feed: any FeedReading
    private let keeper: SnapshotKeeper?
    private let policy: SnapshotPolicy
    private let figures: TailerFigures
    private let clock: any HFSClock
    private let logger: Logger
    let progress = TailerProgress()

    package init(
        store: GraphStore, feed: any FeedReading, snapshots: (any GraphSnapshots)? = nil,
        policy: SnapshotPolicy = SnapshotPolicy(), figures: TailerFigures = TailerFigures(),
        clock: any HFSClock = SystemClock(), logger: Logger
    ) {
        self.store = store
        self.feed = feed
        keeper = snapshots.map {
            SnapshotKeeper(store: store, snapshots: $0, feed: feed, figures: figures, clock: clock, logger: logger)
        }
        self.policy = policy
        self.figures = figures
        self.clock = clock
        self.logger = logger
    }

    /// Follows, and has snapshots stored, until the task is cancelled. What fails is tried again.
    package func run() async {
        await withTaskGroup(of: Void.self) { group in
            if let keeper { group.addTask { await keeper.run() } }
            await follow()
            group.cancelAll()
        }
    }

    private func follow() async {
        var pauseMs: Int64 = 100
        // The first page after a failure comes at once: it tells how far behind the graph is.
        var waitMs: UInt32 = 0
        var due = SnapshotDue(policy, nowMs: clock.monotonicMs)
        while !Task.isCancelled {
            do throws(HFSError) {
                let position = try await store.position()
                progress.advance(to: position.next)
                let isShort = try await step(from: position.next, waitMs: waitMs, &due)
                pauseMs = 100
                waitMs = Self.waitMs
                if isShort { try await Self.pause(ms: Self.gatherMs) }
            } catch {
                guard error.code != .cancelled else { break }
                figures.failed(error)
                waitMs = 0
                logger.warning("tailer-failed", metadata: ["error": "\(error)", "retryMs": "\(pauseMs)"])
                do throws(HFSError) {
                    try await Self.pause(ms: pauseMs)
                } catch {
                    break
                }
                pauseMs = min(2 * pauseMs, Self.pauseMsMax)
            }
        }
    }

    /// Waits until the graph has everything that has happened up to now. False when the wait was cancelled.
    ///
    /// Records without events wake nobody who follows the feed: what is waited for is the last one that has some.
    package func catchUp() async throws(HFSError) -> Bool {
        var next = try await store.position().next
        var newest: LSN?
        while true {
            let page = try await feed.page(from: next == LSN(1) ? nil : next, waitMs: 0)
            let end = newest ?? page.publishedLSN
            newest = end
            if let last = page.entries.last, await !progress.reach(last.lsn.next) { return false }
            guard page.nextLSN <= end else { return true }
            next = page.nextLSN
        }
    }

    private static func pause(ms: Int64) async throws(HFSError) {
        try await EventLoopDelay.wait(ms: ms, on: MultiThreadedEventLoopGroup.singleton.next())
    }

    /// Takes what is there. True when the last page was short.
    private func step(from next: LSN, waitMs: UInt32, _ due: inout SnapshotDue) async throws(HFSError) -> Bool {
        var page = try await feed.page(from: next == LSN(1) ? nil : next, waitMs: waitMs)
        // From here on the log is kept until a snapshot has it.
        if next == LSN(1) { try await feed.hold(from: page.oldestLSN) }
        while page.nextLSN <= page.publishedLSN, !Self.isShort(page), !Task.isCancelled {
            // One page comes while the one before is folded.
            let current = page
            async let next = following(current)
            try await take(current, &due)
            page = try await next.get()
        }
        try await take(page, &due)
        return Self.isShort(page)
    }

    private static func isShort(_ page: EventPage) -> Bool {
        page.entries.count < muchAtATime && page.publishedLSN.rawValue < page.nextLSN.rawValue + UInt64(muchAtATime)
    }

    private func following(_ page: EventPage) async -> Result<EventPage, HFSError> {
        do throws(HFSError) {
            return .success(try await feed.page(from: page.nextLSN, waitMs: 0))
        } catch {
            return .failure(error)
        }
    }

    private func take(_ page: EventPage, _ due: inout SnapshotDue) async throws(HFSError) {
        let entries = page.entries.filter { !policy.isOwn($0.event.path) }
        let count = try await store.take(entries, next: page.nextLSN)
        figures.took(entries, next: page.nextLSN, published: page.publishedLSN)
        progress.advance(to: page.nextLSN)
        guard due.isDue(after: count, nowMs: clock.monotonicMs) else { return }
        due = SnapshotDue(policy, nowMs: clock.monotonicMs)
        keeper?.ask()
    }
}
