import Client
import Core
import Synchronization

@testable import Provenance

/// A feed in memory, given out a few records at a time; what is below the hold is gone.
final class FakeFeed: FeedReading {
    private struct State {
        var entries: [FeedEntry] = []
        var held = LSN(1)
        /// Records without events behind the last entry.
        var silent: UInt64 = 0
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private static let pageMax = 37
    private let state = Mutex(State())

    var held: LSN { state.withLock { $0.held } }

    func append(_ entries: some Sequence<FeedEntry>) {
        let waiters = state.withLock { state in
            state.entries += entries
            state.silent = 0
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Records without events are published: nobody is woken.
    func pass(_ records: UInt64) { state.withLock { $0.silent += records } }

    func page(from lsn: LSN?, waitMs: UInt32) async throws(HFSError) -> EventPage {
        if let page = try available(from: lsn), waitMs == 0 || !page.entries.isEmpty { return page }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let goesOn = state.withLock { state in
                    if Task.isCancelled { return true }
                    if let lsn, let last = state.entries.last, last.lsn >= lsn { return true }
                    state.waiters.append(continuation)
                    return false
                }
                if goesOn { continuation.resume() }
            }
        } onCancel: {
            append([])
        }
        guard let page = try available(from: lsn) else { throw HFSError(.connectionLost, "The feed ended") }
        return page
    }

    private func available(from lsn: LSN?) throws(HFSError) -> EventPage? {
        let (page, isGone) = state.withLock { state -> (EventPage, Bool) in
            let start = lsn ?? state.held
            let found = Array(state.entries.lazy.filter { $0.lsn >= start }.prefix(Self.pageMax))
            let last = state.entries.last?.lsn ?? .zero
            let published = LSN(last.rawValue + state.silent)
            let next = found.last.map { $0.lsn < last ? $0.lsn.next : published.next } ?? max(start, published.next)
            return (
                EventPage(entries: found, nextLSN: next, publishedLSN: published, oldestLSN: state.held),
                start < state.held
            )
        }
        if isGone { throw HFSError(.invalidArgument, "The events from \(page.nextLSN) on are no longer kept") }
        return page
    }

    func hold(from lsn: LSN) {
        state.withLock { state in state.held = max(state.held, lsn) }
    }
}
