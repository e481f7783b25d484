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
    @inline(__always)
    func lowerBound(_ sub: UnsafeRawBufferPointer) -> Int {
        entries.withUnsafeBufferPointer { entries in
            var low = 0
            var high = entries.count
            while low < high {
                let middle = (low + high) >> 1
                if ByteOrder.compare(entries[middle].subBytes, sub) < 0 { low = middle + 1 } else { high = middle }
            }
            return low
        }
    }

    /// The first key. A chunk is never empty.
    @inline(__always)
    var firstSub: UnsafeRawBufferPointer { entries.withUnsafeBufferPointer { $0[0].subBytes } }

    /// What is known of the row at an index that `lowerBound` gave for `sub`; nil when the row there is another one.
    @inline(__always)
    func known(at index: Int, _ sub: UnsafeRawBufferPointer) -> Known? {
        entries.withUnsafeBufferPointer { entries in
            guard index < entries.count, ByteOrder.compare(entries[index].subBytes, sub) == 0 else { return nil }
            return entries[index].imageBytes.map { .row($0) } ?? .absent
        }
    }
}
