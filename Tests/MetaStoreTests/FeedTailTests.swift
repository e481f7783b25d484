import Core
import Foundation
import Synchronization
import Testing

@testable import MetaStore

/// Waits whose connection closes, or that all end, while they are on their way somewhere.
@Suite struct FeedTailTests {
    /// Calls somebody whenever records are read.
    private final class HookedSource: FeedSource {
        let base = MemoryFeedSource()
        let onWalk = CallbackSlot<UInt64>()

        var publishedLSN: UInt64 { base.publishedLSN }
        var oldestLSN: UInt64 { base.oldestLSN }

        func setCursors(_ lsns: [UInt64]) {}

        func walk(from lsn: UInt64, through last: UInt64, _ visit: RecordVisitor) throws(HFSError) -> UInt64 {
            onWalk.call(lsn)
            return try base.walk(from: lsn, through: last, visit)
        }

        func firstLSN(sinceMs ms: Int64, through last: UInt64) throws(HFSError) -> UInt64 {
            try base.firstLSN(sinceMs: ms, through: last)
        }

        func append(_ path: String) {
            var mutation = Mutation()
            mutation.events = [NamespaceEvent(.mkdir, inode: InodeID(1), parent: .root, path: path)]
            base.append(mutation, origin: EditOrigin(user: "u"), timeMs: 1)
        }
    }

    private final class Connection: Sendable {
        private let closed = Atomic<Bool>(false)
        var isClosed: Bool { closed.load(ordering: .acquiring) }
        func close() { closed.store(true, ordering: .releasing) }
    }

    private let source = HookedSource()
    private let connection = Connection()

    private func withFeed(_ body: (EventFeed) throws -> Void) throws {
        let feed = EventFeed(source: source, clock: SystemClock())
        try feed.start()
        source.append("/old")
        try body(feed)
        feed.close()
    }

    /// A read that nothing there will ever match.
    private func wait(_ feed: EventFeed) throws -> Promise<Result<FeedPage, HFSError>> {
        var request = FeedRequest(.end)
        request.filter = FeedFilter(path: try FilePath("/never"))
        request.waitMs = 60_000
        request.owner = 5
        request.isAbandoned = { [connection] in connection.isClosed }
        let answer = Promise<Result<FeedPage, HFSError>>()
        feed.read(request) { answer.fulfil($0) }
        return answer
    }

    private func code(_ result: Result<FeedPage, HFSError>) -> HFSError.Code? {
        if case .failure(let error) = result { error.code } else { nil }
    }

    @Test func `a connection that closed before its wait began keeps nothing waiting`() throws {
        try withFeed { feed in
            connection.close()
            feed.drop(owner: 5)
            let answer = try wait(feed)
            #expect(code(answer.wait()) == .cancelled)
            #expect(feed.waiting == 0)
        }
    }

    @Test func `a connection that closes while its wait looks at what is new keeps nothing waiting`() throws {
        try withFeed { feed in
            let answer = try wait(feed)
            try #require(feed.awaitWaiting(1))
            source.onWalk.set { [connection, weak feed] lsn in
                guard lsn == 2 else { return }
                connection.close()
                feed?.drop(owner: 5)
            }
            source.append("/new")
            feed.published()
            #expect(code(answer.wait()) == .cancelled)
            #expect(feed.waiting == 0)
        }
    }

    @Test func `the end of all waits ends also the one that looks at what is new`() throws {
        try withFeed { feed in
            let answer = try wait(feed)
            try #require(feed.awaitWaiting(1))
            source.onWalk.set { [weak feed] lsn in if lsn == 2 { feed?.endWaits() } }
            source.append("/new")
            feed.published()
            #expect(try answer.wait().get().entries.isEmpty)
            #expect(feed.waiting == 0)
        }
    }
}
