/// A run of a group's entries in order: what the cache inserts into, splits and evicts.
final class RowChunk {
    static let entriesMax = 128

    var entries: [RowEntry]
    var isReferenced = true
    /// At least the newest LSN of its entries.
    var newestLSN: UInt64

    init(_ entries: [RowEntry], newestLSN: UInt64) {
        self.entries = entries
        self.newestLSN = newestLSN
    }

    /// Index of the first entry that is not below `sub`.
    func lowerBound(_ sub: [UInt8]) -> Int {
        entries.withUnsafeBufferPointer { entries in
            var low = 0
            var high = entries.count
            while low < high {
                let middle = (low + high) >> 1
                if ByteOrder.compare(entries[middle].sub, sub) < 0 { low = middle + 1 } else { high = middle }
            }
            return low
        }
    }
}
