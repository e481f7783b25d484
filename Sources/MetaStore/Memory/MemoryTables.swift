internal import Core

/// All rows and counters in sorted maps: the plainest `MetadataView` there is.
final class MemoryTables: MetadataView {
    private struct Group: Hashable {
        let table: Table
        let id: UInt64
    }

    private var groups: [Group: [ScannedRow]] = [:]
    private var counters: [UInt64: Counter] = [:]
    /// The image given out last: an array that nobody writes to stays where it is.
    private var kept: [UInt8] = []

    func image(_ table: Table, _ id: UInt64, _ sub: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        guard let rows = groups[Group(table: table, id: id)] else { return nil }
        let index = Self.lowerBound(rows, sub)
        guard index < rows.count, rows[index].sub.elementsEqual(sub) else { return nil }
        kept = rows[index].image
        return kept.withUnsafeBytes { $0 }
    }

    func scan(_ table: Table, _ id: UInt64, after: [UInt8]?, limit: Int) -> [ScannedRow] {
        guard limit > 0, let rows = groups[Group(table: table, id: id)] else { return [] }
        var start = 0
        if let after {
            start = Self.lowerBound(rows, after)
            if start < rows.count, rows[start].sub == after { start += 1 }
        }
        return Array(rows[start..<min(rows.count, start + min(limit, rows.count))])
    }

    func scan(_ table: Table, _ id: UInt64, before: [UInt8], limit: Int) -> [ScannedRow] {
        guard limit > 0, let rows = groups[Group(table: table, id: id)] else { return [] }
        let end = Self.lowerBound(rows, before)
        return rows[max(0, end - min(limit, end))..<end].reversed()
    }

    func counter(_ directory: UInt64) -> Counter { counters[directory] ?? Counter() }

    /// Applies a mutation, or throws `.invalidArgument` and changes nothing.
    func apply(_ mutation: Mutation) throws(HFSError) {
        var sums: [UInt64: Counter] = [:]
        for (directory, delta) in mutation.counters {
            let known = sums[directory] ?? (mutation.removesCounter(directory) ? Counter() : counter(directory))
            sums[directory] = try known.adding(delta)
        }
        for change in mutation.rows {
            switch change {
            case .put(let key, let image): put(key, image)
            case .delete(let key): delete(key)
            }
        }
        counters.merge(sums) { _, sum in sum }
    }

    /// Every row in the order of table, id, sub.
    func allRows() -> [(key: RowKey, image: [UInt8])] {
        groups.sorted { ($0.key.table.rawValue, $0.key.id) < ($1.key.table.rawValue, $1.key.id) }.flatMap {
            group, rows in
            rows.map { (RowKey(group.table, group.id, $0.sub), $0.image) }
        }
    }

    func allCounters() -> [(directory: UInt64, counter: Counter)] {
        counters.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private func put(_ key: RowKey, _ image: [UInt8]) {
        let group = Group(table: key.table, id: key.id)
        let index = Self.lowerBound(groups[group] ?? [], key.sub)
        if let rows = groups[group], index < rows.count, rows[index].sub == key.sub {
            groups[group]?[index].image = image
        } else {
            groups[group, default: []].insert(ScannedRow(sub: key.sub, image: image), at: index)
        }
    }

    private func delete(_ key: RowKey) {
        if key.table == .counter { counters[key.id] = nil }
        let group = Group(table: key.table, id: key.id)
        guard let rows = groups[group] else { return }
        let index = Self.lowerBound(rows, key.sub)
        guard index < rows.count, rows[index].sub == key.sub else { return }
        groups[group]?.remove(at: index)
        if groups[group]?.isEmpty == true { groups[group] = nil }
    }

    private static func lowerBound(_ rows: [ScannedRow], _ sub: some Sequence<UInt8>) -> Int {
        var low = 0
        var high = rows.count
        while low < high {
            let middle = (low + high) / 2
            if rows[middle].sub.lexicographicallyPrecedes(sub) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
