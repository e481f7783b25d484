import Core
import Foundation
import Lineage
import LineageTesting
import Logging
import Testing

@testable import Provenance

@Suite("Provenance tailer")
struct TailerTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// One life of a tailer: opens what there is, takes what the feed has, stores a snapshot at least, ends.
    private func live(
        _ path: String, _ feed: FakeFeed, _ snapshots: FolderSnapshots, events: Int, stores: Bool = true
    ) async throws -> StoredTables {
        let store = try await GraphOpener(path: path, feed: feed, snapshots: snapshots, logger: Self.logger).open()
        var policy = SnapshotPolicy()
        policy.events = events
        let before = snapshots.stored
        let tailer = Tailer(store: store, feed: feed, snapshots: snapshots, policy: policy, logger: Self.logger)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await tailer.run() }
            #expect(try await tailer.catchUp())
            if stores { await snapshots.store(after: before) }
            group.cancelAll()
            try await group.waitForAll()
            let tables = try await StoredTables(store)
            try await store.close()
            return tables
        }
    }

    private func expected(_ entries: ArraySlice<FeedEntry>) throws -> StoredTables {
        var fold = LineageFold(MemoryGraph())
        for entry in entries { _ = try fold.fold(entry) }
        return StoredTables(fold.state)
    }

    @Test("a question does not wait for records that tell nothing", .timeLimit(.minutes(5)))
    func silence() async throws {
        let feed = FakeFeed()
        let folder = TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        let snapshots = FolderSnapshots(folder.file("snapshot.db"))
        let store = try await GraphOpener(
            path: folder.file("graph.db"), feed: feed, snapshots: snapshots, logger: Self.logger
        ).open()
        let tailer = Tailer(store: store, feed: feed, logger: Self.logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await tailer.run() }
            feed.append(Feed(random: 1, steps: 100).entries)
            #expect(try await tailer.catchUp())
            feed.pass(5)
            #expect(try await tailer.catchUp())
            group.cancelAll()
            try await group.waitForAll()
        }
        try await store.close()
    }

    @Test("ended, moved to another host and started from an old copy, it has each event exactly once", arguments: 1...6)
    func lives(_ seed: Int) async throws {
        let entries = Feed(random: UInt64(seed), steps: 400).entries
        let feed = FakeFeed()
        let folder = TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        let snapshots = FolderSnapshots(folder.file("snapshot.db"))
        let parts = [entries.count / 5, entries.count / 2, 3 * entries.count / 4, entries.count]
        var taken = 0
        for (life, end) in parts.enumerated() {
            feed.append(entries[taken..<end])
            taken = end
            // The second and the fourth life begin on a new host; the third finds the file of the second.
            let host = folder.file("host-\((life + 1) / 2)/graph.db")
            let tables = try await live(host, feed, snapshots, events: 50)
            #expect(try tables == expected(entries[..<end]), "seed \(seed), life \(life)")
            #expect(feed.held == snapshots.stored, "the log is kept from the newest snapshot on")
        }
        // The first host comes back with its old file, whose next events are gone.
        let old = try await live(folder.file("host-0/graph.db"), feed, snapshots, events: 50, stores: false)
        #expect(try old == expected(entries[...]))
        #expect(FileManager.default.fileExists(atPath: folder.file("host-0/graph.db.outdated")))
    }
}
