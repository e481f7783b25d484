internal import Core

/// Frees clean entries of a `RowStore` that nobody used since the hand last passed (CLOCK). The bytes of small files go first,
/// by a hand of their own: they are used once an open, and one of them takes the room of some hundred other rows.
///
/// Clean means: the entry's shard has applied its LSN. `evicted` remembers by shard the newest LSN among what was dropped; a
/// row fetched from an older snapshot may lack that change and must not be merged. Used under the store's lock.
struct EvictionClock {
    /// By shard: everything up to this LSN is in the shard's file.
    var applied: [UInt64]
    private(set) var evicted: [UInt64]
    private let shardOf: [UInt8]
    private var table = 0
    private var slot = 0
    /// The hand among the bytes of small files.
    private var inlineSlot = 0
    /// Where in the group at the hand; a hint, as groups change between calls.
    private var chunk = 0
    /// Rows dropped by the call that runs.
    private var dropped: UInt64 = 0

    /// Slots and chunks looked at in one call, so that the lock is held for tens of microseconds at most.
    private static let stepsMax = 512
    /// Of these, for the bytes of small files.
    private static let inlineStepsMax = 256

    init(shardOf: [UInt8], applied: [UInt64]) {
        self.shardOf = shardOf
        self.applied = applied
        evicted = [UInt64](repeating: 0, count: applied.count)
    }

    func shard(_ table: Table, _ id: UInt64) -> Int { Int(shardOf[Int(RowKey(table, id).shard.rawValue)]) }

    private mutating func noteEvicted(_ shard: Int, _ lsn: UInt64) { evicted[shard] = max(evicted[shard], lsn) }

    /// Frees until `store` is within `bytesMax` or the hand has made its steps. Returns how many rows went.
    mutating func evict(_ store: RowStore, bytesMax: Int) -> UInt64 {
        dropped = 0
        var steps = evictInline(store, bytesMax: bytesMax)
        while store.bytes > bytesMax, steps < Self.stepsMax {
            // Small files have the other hand: one pass of both would be two.
            guard let current = Table(rawValue: UInt8(table)), current != .inline else {
                nextTable()
                steps += 1
                continue
            }
            let slotCount =
                current == .counter
                ? store.counters.slotCount
                : current.hasSub ? store.groups[table].slotCount : store.singles[table].slotCount
            guard slot < slotCount else {
                nextTable()
                steps += 1
                continue
            }
            if current == .counter {
                visitCounter(store)
            } else if current.hasSub {
                steps += visitGroup(store, current)
            } else {
                slot = visitSingle(store, current, at: slot)
            }
            steps += 1
        }
        return dropped
    }

    /// Returns the steps that it took.
    private mutating func evictInline(_ store: RowStore, bytesMax: Int) -> Int {
        let rows = store.singles[Int(Table.inline.rawValue)]
        var steps = 0
        while store.bytes > bytesMax, rows.count > 0, steps < Self.inlineStepsMax {
            inlineSlot = inlineSlot < rows.slotCount ? visitSingle(store, .inline, at: inlineSlot) : 0
            steps += 1
        }
        return steps
    }

    private mutating func nextTable() {
        table = (table + 1) % Table.slots
        slot = 0
        chunk = 0
    }

    private mutating func visitCounter(_ store: RowStore) {
        guard let (id, entry) = store.counters.slot(slot) else { return slot += 1 }
        let shard = shard(.counter, id)
        if entry.pointee.lsn > applied[shard] { return slot += 1 }
        if entry.pointee.isReferenced {
            entry.pointee.isReferenced = false
            return slot += 1
        }
        noteEvicted(shard, store.counters.removeSlot(slot).lsn)
        dropped += 1
        store.bytes -= CounterEntry.bytes
        raiseFloor(store, .counter, id)
    }

    /// Returns the next slot.
    private mutating func visitSingle(_ store: RowStore, _ current: Table, at slot: Int) -> Int {
        let rows = store.singles[Int(current.rawValue)]
        guard let (id, entry) = rows.slot(slot) else { return slot + 1 }
        let shard = shard(current, id)
        if entry.pointee.lsn > applied[shard] { return slot + 1 }
        if entry.pointee.isReferenced {
            entry.pointee.isReferenced = false
            return slot + 1
        }
        // The slot now holds whatever moved back into it: the hand stays.
        let removed = rows.removeSlot(slot)
        noteEvicted(shard, removed.lsn)
        dropped += 1
        store.bytes -= removed.bytes
        raiseFloor(store, current, id)
        return slot
    }

    /// Chunks of a group looked at in one visit: a directory of a million files has eight thousand.
    private static let visitChunks = 16
    /// Entries freed that cost as much as looking at one slot.
    private static let entriesPerStep = 4

    /// Frees the idle ones of some chunks of a group, and at its end the group when none is left. Returns the steps that took.
    private mutating func visitGroup(_ store: RowStore, _ current: Table) -> Int {
        guard let (id, entry) = store.groups[table].slot(slot) else {
            slot += 1
            return 0
        }
        let group = entry.pointee
        let shard = shard(current, id)
        let start = min(chunk, group.chunks.count)
        let end = min(start + Self.visitChunks, group.chunks.count)
        var steps = end - start
        var kept: [RowChunk] = []
        for chunk in group.chunks[start..<end] {
            if chunk.newestLSN > applied[shard] || chunk.isReferenced {
                chunk.isReferenced = false
                kept.append(chunk)
                continue
            }
            noteEvicted(shard, chunk.newestLSN)
            dropped += UInt64(chunk.entries.count)
            for entry in chunk.entries { store.bytes -= entry.bytes }
            steps += chunk.entries.count / Self.entriesPerStep
            // The gap where the chunk was is unknown from now on.
            if let before = kept.last ?? (start > 0 ? group.chunks[start - 1] : nil) {
                before.entries[before.entries.count - 1].isNextKnown = false
            } else {
                group.isHeadKnown = false
            }
        }
        if kept.count < end - start { group.chunks.replaceSubrange(start..<end, with: kept) }
        chunk = start + kept.count
        guard chunk >= group.chunks.count else { return steps }
        chunk = 0
        if group.chunks.isEmpty, !group.isReferenced {
            _ = store.groups[table].removeSlot(slot)
            store.bytes -= RowGroup.bytes
            raiseFloor(store, current, id)
        } else {
            group.isReferenced = false
            slot += 1
        }
        return steps
    }

    private func raiseFloor(_ store: RowStore, _ table: Table, _ id: UInt64) {
        let slot = Int(table.rawValue)
        guard store.freshFloor[slot] != .max else { return }
        store.freshFloor[slot] = max(store.freshFloor[slot], RowStore.sequence(table, id) + 1)
    }

    /// Drops tombstones that the shard has applied and whose neighbours' gaps are known: nothing is forgotten by it.
    mutating func purgeTombstones(_ store: RowStore, _ current: Table, _ id: UInt64) {
        guard let group = store.groups[Int(current.rawValue)].find(id)?.pointee else { return }
        let shard = shard(current, id)
        var chunks: [RowChunk] = []
        var isGapKnown = group.isHeadKnown
        for chunk in group.chunks {
            chunk.entries.removeAll { entry in
                let goes = entry.image == nil && entry.lsn <= applied[shard] && isGapKnown && entry.isNextKnown
                if goes {
                    noteEvicted(shard, entry.lsn)
                    store.bytes -= entry.bytes
                }
                isGapKnown = entry.isNextKnown
                return goes
            }
            if !chunk.entries.isEmpty { chunks.append(chunk) }
        }
        group.chunks = chunks
    }
}
