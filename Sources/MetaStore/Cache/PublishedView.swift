internal import Core

/// The namespace at the newest published LSN, as far as it is in memory: every row that the shards do not hold yet, and a
/// bounded cache of what they do.
///
/// A read holds the lock for the length of its body, so that it sees one LSN.
///
/// **Why no stale row gets in.** A reader thread takes a shard snapshot that has applied S and merges what it found later,
/// under the lock. Had a row changed at an LSN above S, then either its entry is still in memory and wins, or it was evicted,
/// which needs the shard to have applied it, and raised `evicted[shard]` above S: then the merge is refused and the reader
/// fetches again from a newer snapshot.
///
/// `@unchecked Sendable`: all mutable state is used only with `lock` held.
final class PublishedView: @unchecked Sendable {
    let lock = ConditionLock()
    private let store: RowStore
    private var clock: EvictionClock
    let bytesMax: Int
    private let evictedRows: MetricCounter
    /// The newest LSN that readers see.
    private var published: UInt64

    /// Tombstones that a scan may walk over before they are purged.
    private static let tombstonesMax = 64

    init(
        ids: IDRange, published: UInt64, shardOf: [UInt8], applied: [UInt64], bytesMax: Int, evictedRows: MetricCounter
    ) {
        store = RowStore(freshFrom: ids)
        clock = EvictionClock(shardOf: shardOf, applied: applied)
        self.published = published
        self.bytesMax = bytesMax
        self.evictedRows = evictedRows
    }

    var publishedLSN: UInt64 { lock.withLock { published } }
    var memoryBytes: Int { lock.withLock { store.bytes } }

    // The functions below want the lock held.

    func lockedRow(_ table: Table, _ id: UInt64, _ sub: UnsafeRawBufferPointer) -> Known {
        store.lookup(table, id, sub)
    }
    func lockedImage(_ table: Table, _ id: UInt64) -> [UInt8]? { store.image(table, id) }
    func lockedCounter(_ directory: UInt64) -> Counter? { store.counter(directory) }

    func lockedScan(_ table: Table, _ id: UInt64, after: [UInt8]?, limit: Int) -> RowStore.Scan {
        guard table.hasSub else { return scanSingle(table, id, after: after, limit: limit) }
        let scan = store.scan(table, id, after: after, limit: limit)
        purge(table, id, scan.end)
        return scan
    }

    /// Downwards; for a table with many rows an id.
    func lockedScan(_ table: Table, _ id: UInt64, before: [UInt8], limit: Int) -> RowStore.ScanBack {
        let scan = store.scan(table, id, before: before, limit: limit)
        if scan.tombstones > Self.tombstonesMax { clock.purgeTombstones(store, table, id) }
        return scan
    }

    /// As `lockedScan`, for a table with many rows an id, each row in place.
    func lockedWalk<E: Error>(
        _ table: Table, _ id: UInt64, after: [UInt8]?, limit: Int, _ body: (UnsafePointer<RowEntry>) throws(E) -> Void
    ) throws(E) -> RowStore.Walk {
        let walk = try store.walk(table, id, after: after, limit: limit, body)
        purge(table, id, walk)
        return walk
    }

    private func purge(_ table: Table, _ id: UInt64, _ walk: RowStore.Walk) {
        if walk.tombstones > Self.tombstonesMax { clock.purgeTombstones(store, table, id) }
    }

    private func scanSingle(_ table: Table, _ id: UInt64, after: [UInt8]?, limit: Int) -> RowStore.Scan {
        var scan = RowStore.Scan()
        guard after == nil, limit > 0 else { return scan }
        switch store.lookup(table, id, UnsafeRawBufferPointer(start: nil, count: 0)) {
        case .row(let image): scan.rows.append(ScannedRow(sub: [], image: Array(image)))
        case .absent: break
        case .unknown: scan.end.isWhole = false
        }
        return scan
    }

    /// Takes in fetched rows; false when their snapshot is older than something evicted since, and they must be fetched again.
    func lockedMerge(_ fetched: FetchedRows) throws(HFSError) -> Bool {
        guard fetched.snapshot >= clock.evicted[fetched.shard] else { return false }
        try store.merge(fetched)
        return true
    }

    func lockedEvict() {
        if store.bytes > bytesMax { evictedRows.add(clock.evict(store, bytesMax: bytesMax)) }
    }

    // The functions below take it.

    /// Makes the changes of a durable batch visible, some operations at a time so that reads come in between.
    func publish(_ batch: Batch) {
        var next = 0
        var nextCounter = 0
        while next < batch.changes.count || nextCounter < batch.counters.count {
            lock.lock()
            var lsn = batch.lastLSN
            if next + Self.publishStep < batch.changes.count { lsn = batch.changes[next + Self.publishStep].lsn }
            while next < batch.changes.count, batch.changes[next].lsn <= lsn {
                let change = batch.changes[next]
                store.apply(change.table, change.id, change.sub, change.image, lsn: change.lsn)
                next += 1
            }
            while nextCounter < batch.counters.count, batch.counters[nextCounter].lsn <= lsn {
                let change = batch.counters[nextCounter]
                store.setCounter(change.directory, change.counter, lsn: change.lsn)
                nextCounter += 1
            }
            published = lsn
            lockedEvict()
            lock.unlock()
        }
        lock.lock()
        published = max(published, batch.lastLSN)
        lock.unlock()
    }

    private static let publishStep = 128

    /// What a shard's file holds; lets its entries be evicted.
    func setApplied(_ shard: Int, _ lsn: UInt64) {
        lock.lock()
        clock.applied[shard] = max(clock.applied[shard], lsn)
        if store.bytes > bytesMax { lockedEvict() }
        lock.unlock()
    }
}
