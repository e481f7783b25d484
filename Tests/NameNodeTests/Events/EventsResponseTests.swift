import Core
import MetaStore
import NIOCore
import Testing
import WireProtocol

@testable import NameNode

@Suite("Pages of the feed on the wire")
struct EventsResponseTests {
    static let changes: [NamespaceEvent.Change] = [
        .none, .text("0644"), .text(""), .content(length: 1 << 40, modifiedMs: -1, checksum: nil),
        .content(length: 0, modifiedMs: 5, checksum: 0), .moved(parent: InodeID(7), path: "/b/c"),
        .attribute(name: "ml.accuracy", old: nil, new: []), .attribute(name: "user.x", old: [1, 0], new: nil),
    ]

    /// Records of two events each, by this one or that, with a run, or with nothing known.
    static let entries = changes.enumerated().flatMap { number, change in
        [UInt32(0), 2].map { index in
            FeedEntry(
                lsn: LSN(UInt64(300 + number)), index: index, timeMs: 1_700_000_000_000 + Int64(number),
                user: number % 3 == 0 ? "ann" : "bob", run: number % 2 == 0 ? RunID(300) : nil,
                address: number % 3 == 1 ? "" : "127.0.0.1", callerContext: number % 4 == 1 ? "job" : "",
                event: NamespaceEvent(
                    .rename, inode: InodeID(5), parent: InodeID(UInt64(number)), path: "/a/\(number)",
                    isDirectory: index == 0, change: change))
        }
    }

    @Test("entries come back as they were, and the places around them", arguments: [0, 1, entries.count])
    func roundTrip(count: Int) throws {
        let entries = Array(Self.entries.prefix(count))
        let page = FeedPage(
            events: PackedEvents(entries), nextLSN: LSN(400), publishedLSN: LSN(500), oldestLSN: LSN(1))
        #expect(page.entries == entries && page.events.count == count)
        var buffer = ByteBuffer()
        EventsResponse(page).encode(into: &buffer)
        let answer = try MessageCoding.decode(
            Hfs_Filesystem_ReadEventsResponse.self, from: Array(buffer.readableBytesView))
        #expect(try answer.events.map { try FeedEntry($0) } == entries)
        #expect(answer.nextLsn == 400 && answer.publishedLsn == 500 && answer.oldestLsn == 1)
    }
}
