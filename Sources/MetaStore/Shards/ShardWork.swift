internal import Core

/// One shard's share of some batches: the last image of each row, in key order, so that neighbours share pages.
struct ShardWork {
    private var changes: [Batch.Change] = []
    private var counters: [Batch.CounterChange] = []

    var isEmpty: Bool { changes.isEmpty && counters.isEmpty }

    init(_ batches: [Batch], shard: UInt8) {
        for batch in batches {
            batch.changes.withUnsafeBufferPointer { all in
                for index in all.indices where all[index].shard == shard { changes.append(all[index]) }
            }
            for change in batch.counters where change.shard == shard { counters.append(change) }
        }
        changes = Self.newest(changes) { a, b in
            if a.table != b.table { return Int(a.table.rawValue) - Int(b.table.rawValue) }
            if a.id != b.id { return a.id < b.id ? -1 : 1 }
            return ByteOrder.compare(a.sub, b.sub)
        }
        counters = Self.newest(counters) { a, b in a.directory == b.directory ? 0 : a.directory < b.directory ? -1 : 1 }
    }

    /// Sorted by key; of equal keys only the last.
    private static func newest<T>(_ items: [T], _ order: (borrowing T, borrowing T) -> Int) -> [T] {
        items.withUnsafeBufferPointer { items in
            var indexes = (0..<Int32(items.count)).map { $0 }
            indexes.sort { a, b in
                let found = order(items[Int(a)], items[Int(b)])
                return found == 0 ? a < b : found < 0
            }
            var kept: [T] = []
            kept.reserveCapacity(items.count)
            for (position, index) in indexes.enumerated() {
                if position + 1 < indexes.count, order(items[Int(index)], items[Int(indexes[position + 1])]) == 0 {
                    continue
                }
                kept.append(items[Int(index)])
            }
            return kept
        }
    }

    /// Inside a transaction.
    func write(to writer: ShardWriter) throws(HFSError) {
        for change in changes {
            if let image = change.image {
                try writer.put(change.table, change.id, change.sub, image, lsn: change.lsn)
            } else {
                try writer.delete(change.table, change.id, change.sub)
            }
        }
        for change in counters {
            if change.isDeleted {
                try writer.delete(.counter, change.directory, [])
            } else {
                try writer.put(.counter, change.directory, [], change.counter.image, lsn: change.lsn)
            }
        }
    }
}
