import Core
import Testing

@testable import MetaStore

/// The bytes of small files in the cache of rows.
@Suite struct SmallFileCacheTests {
    private let store = RowStore()
    private let none = UnsafeRawBufferPointer(start: nil, count: 0)

    private func clock() -> EvictionClock { EvictionClock(shardOf: [UInt8](repeating: 0, count: 256), applied: [1]) }

    private func fill() {
        for id in 1...100 {
            store.apply(.locator, UInt64(id) << 8, [], [1, 2, 3], lsn: 1)
            store.apply(.inline, UInt64(id) << 12, [], [UInt8](repeating: 7, count: 1000), lsn: 1)
        }
    }

    private func count(_ table: Table) -> Int { store.singles[Int(table.rawValue)].count }

    @Test func `they go before any other row does`() {
        fill()
        var clock = clock()
        let bytesMax = store.bytes - 30 * 1088
        while store.bytes > bytesMax { _ = clock.evict(store, bytesMax: bytesMax) }
        #expect(count(.locator) == 100 && count(.inline) == 70)
        while store.bytes > 0 { _ = clock.evict(store, bytesMax: 0) }
    }

    @Test func `who is read once goes like one that never was, who is read again stays for a turn`() {
        fill()
        for id in 1...20 { _ = store.lookup(.inline, UInt64(id) << 12, none) }
        for id in 1...10 { _ = store.lookup(.inline, UInt64(id) << 12, none) }
        var clock = clock()
        let bytesMax = store.bytes - 90 * 1088
        while store.bytes > bytesMax { _ = clock.evict(store, bytesMax: bytesMax) }
        let kept = (1...100).filter { store.image(.inline, UInt64($0) << 12) != nil }
        #expect(kept == Array(1...10) && count(.locator) == 100)
    }

    @Test func `what the shard does not have yet stays, and a newer image takes the place of an older one`() {
        store.apply(.inline, 1 << 12, [], [1, 2], lsn: 2)
        store.apply(.inline, 1 << 12, [], [1, 2, 3], lsn: 3)
        #expect(store.bytes == 88 + 3)
        var clock = clock()
        for _ in 0..<10 { _ = clock.evict(store, bytesMax: 0) }
        #expect(store.image(.inline, 1 << 12) == [1, 2, 3])
        clock.applied = [3]
        while store.bytes > 0 { _ = clock.evict(store, bytesMax: 0) }
        #expect(count(.inline) == 0)
    }
}
