import Core
import Testing
import WireProtocol

@Suite("Feed entries on the wire")
struct FeedEntryTests {
    static let changes: [NamespaceEvent.Change] = [
        .none, .text("0644"), .text(""), .content(length: 1 << 40, modifiedMs: -1, checksum: nil),
        .content(length: 0, modifiedMs: 5, checksum: 0), .moved(parent: InodeID(7), path: "/b/c"),
        .attribute(name: "ml.accuracy", old: nil, new: []), .attribute(name: "user.x", old: [1, 0], new: nil),
    ]

    @Test("an entry comes back as it was", arguments: changes)
    func roundTrip(change: NamespaceEvent.Change) throws {
        let entry = FeedEntry(
            lsn: LSN(9), index: 2, timeMs: 1_700_000_000_000, user: "ann", run: RunID(300), address: "127.0.0.1",
            callerContext: "job",
            event: NamespaceEvent(
                .rename, inode: InodeID(5), parent: .root, path: "/a", isDirectory: true, change: change))
        #expect(try FeedEntry(entry.proto) == entry)
    }

    @Test("a kind from a newer version is refused, not misread")
    func unknownKind() {
        var proto = Hfs_Filesystem_Event()
        proto.kind = 200
        #expect(throws: HFSError.self) { try FeedEntry(proto) }
    }
}
