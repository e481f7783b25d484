import Core
import GRDB
import Lineage
import LineageTesting
import Testing

@testable import Provenance

@Suite("Provenance store")
struct GraphStoreTests {
    @Test(
        "the store holds what the fold holds in memory, however the feed is cut and the store reopened",
        arguments: 1...12)
    func agrees(_ seed: Int) async throws {
        let feed = Feed(random: UInt64(seed), steps: 300)
        var fold = LineageFold(MemoryGraph())
        for entry in feed.entries { _ = try fold.fold(entry) }

        let folder = TemporaryFolder()
        var random = SplitMix(UInt64(seed) + 1000)
        var store = try GraphStore(path: folder.file("graph.db"))
        var taken = 0
        while taken < feed.entries.count {
            // A batch that comes again after a lost answer overlaps what was taken.
            let first = max(0, taken - random.below(20))
            let end = min(feed.entries.count, taken + 1 + random.below(40))
            let batch = Array(feed.entries[first..<end])
            let new = try await store.take(batch, next: feed.entries[end - 1].lsn.next)
            #expect(new == end - taken)
            taken = end
            if random.below(4) == 0 {
                try await store.close()
                store = try GraphStore(path: folder.file("graph.db"))
            }
        }
        #expect(try await store.position().next == feed.entries[taken - 1].lsn.next)
        #expect(try await StoredTables(store) == StoredTables(fold.state), "seed \(seed)")
    }

    @Test("a batch that fails leaves graph and position as they were")
    func failure() async throws {
        let feed = Feed(random: 1, steps: 50)
        let folder = TemporaryFolder()
        let store = try GraphStore(path: folder.file("graph.db"))
        _ = try await store.take(Array(feed.entries.prefix(20)), next: LSN(21))
        let (before, position) = (try await StoredTables(store), try await store.position())
        try await store.pool.write { try $0.execute(sql: "ALTER TABLE run RENAME TO gone") }
        await #expect(throws: HFSError.self) {
            _ = try await store.take(Array(feed.entries.dropFirst(20)), next: LSN(1000))
        }
        try await store.pool.write { try $0.execute(sql: "ALTER TABLE gone RENAME TO run") }
        #expect(try await store.position() == position)
        #expect(try await StoredTables(store) == before)
    }
}
