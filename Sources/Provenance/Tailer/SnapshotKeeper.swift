import Core
import Logging
import NIOPosix
import Transport

/// Stores snapshots of the graph beside the tailer, which goes on meanwhile: one of a large graph takes seconds.
final class SnapshotKeeper: Sendable {
    /// After a snapshot so many times as long without one, so that a large graph is not always being copied.
    private static let pauseFactor: Int64 = 9
    private static let pauseMsAfterFailure: Int64 = 5_000

    private let store: GraphStore
    private let snapshots: any GraphSnapshots
    private let feed: any FeedReading
    private let figures: TailerFigures
    private let clock: any HFSClock
    private let logger: Logger
    private let wanted: AsyncStream<Void>
    private let wish: AsyncStream<Void>.Continuation

    init(
        store: GraphStore, snapshots: any GraphSnapshots, feed: any FeedReading, figures: TailerFigures,
        clock: any HFSClock, logger: Logger
    ) {
        self.store = store
        self.snapshots = snapshots
        self.feed = feed
        self.figures = figures
        self.clock = clock
        self.logger = logger
        (wanted, wish) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Asks for a snapshot. Those asked for while one is stored come as one after it.
    func ask() { wish.yield() }

    /// Stores what is asked for until the task is cancelled; what fails is tried again.
    func run() async {
        for await _ in wanted {
            let startMs = clock.monotonicMs
            let pauseMs: Int64
            do throws(HFSError) {
                try await keep()
                pauseMs = Self.pauseFactor * (clock.monotonicMs - startMs)
            } catch {
                guard !Task.isCancelled else { return }
                logger.warning("tailer-snapshot-failed", metadata: ["error": "\(error)"])
                pauseMs = Self.pauseMsAfterFailure
                ask()
            }
            do throws(HFSError) {
                try await EventLoopDelay.wait(ms: pauseMs, on: MultiThreadedEventLoopGroup.singleton.next())
            } catch {
                return
            }
        }
    }

    private func keep() async throws(HFSError) {
        let stored = try await snapshots.store(store)
        // The log behind it may go only now.
        try await feed.hold(from: stored)
        figures.storedSnapshot()
        logger.info("tailer-snapshot", metadata: ["nextLSN": "\(stored)"])
    }
}
