internal import Core

/// Rows and counters in memory, with what is known to be absent. Used under its owner's lock.
///
/// Two uses: `PublishedView`, which is a cache of the shards with everything that they do not hold yet; and the planner's
/// pending changes, which know nothing but themselves.
///
/// **Absence without a read.** An id handed out since the start has no shard rows but those this process wrote. So a row of
/// an id at or above `freshFloor` that is not in memory does not exist, as long as nothing of such an id was evicted;
/// eviction raises the floor.
final class RowStore {
    let singles: [IDTable<SingleEntry>] = (0..<Table.slots).map { _ in IDTable() }
    let groups: [IDTable<RowGroup>] = (0..<Table.slots).map { _ in IDTable() }
    let counters = IDTable<CounterEntry>()
    /// Estimated bytes of memory.
    var bytes = 0
    /// By table: the sequence from which on an id's rows are absent unless they are here. `UInt64.max`: never.
    var freshFloor: [UInt64]

    init(freshFrom ids: IDRange? = nil) {
        freshFloor = (0..<Table.slots).map { slot in
            guard let ids, let table = Table(rawValue: UInt8(slot)) else { return .max }
            return switch table {
            case .system: .max
            case .block, .inline: ids.blockSequence
            default: ids.inodeSequence
            }
        }
    }

    @inline(__always)
    static func sequence(_ table: Table, _ id: UInt64) -> UInt64 {
        table == .block || table == .inline ? id >> 12 : id >> 8
    }

    @inline(__always)
    func isFresh(_ table: Table, _ id: UInt64) -> Bool { Self.sequence(table, id) >= freshFloor[Int(table.rawValue)] }

    func lookup(_ table: Table, _ id: UInt64, _ sub: UnsafeRawBufferPointer) -> Known {
        let slot = Int(table.rawValue)
        guard table.hasSub else {
            guard let entry = singles[slot].find(id) else { return isFresh(table, id) ? .absent : .unknown }
            if table == .inline { entry.pointee.use() } else { entry.pointee.isReferenced = true }
            return entry.pointee.imageBytes.map { .row($0) } ?? .absent
        }
        guard let group = groups[slot].find(id) else { return isFresh(table, id) ? .absent : .unknown }
        group.pointee.isReferenced = true
        return group.pointee.find(sub)
    }

    /// A row of a table with one row an id, as it lies in memory.
    func image(_ table: Table, _ id: UInt64) -> [UInt8]? { singles[Int(table.rawValue)].find(id)?.pointee.image }

    /// nil: not in memory.
    func counter(_ directory: UInt64) -> Counter? {
        guard let entry = counters.find(directory) else { return isFresh(.counter, directory) ? Counter() : nil }
        entry.pointee.isReferenced = true
        return entry.pointee.counter
    }

    /// Sets a row, or with a nil image its absence.
    func apply(_ table: Table, _ id: UInt64, _ sub: [UInt8], _ image: [UInt8]?, lsn: UInt64) {
        let slot = Int(table.rawValue)
        guard table.hasSub else {
            let entry = SingleEntry(image: image, lsn: lsn, isReferenced: table != .inline)
            if let old = singles[slot].find(id) {
                bytes += entry.bytes - old.pointee.bytes
                old.pointee = entry
            } else {
                bytes += entry.bytes
                singles[slot].insert(id, entry)
            }
            return
        }
        let group = findOrMakeGroup(table, id)
        let position = group.lowerBound(sub)
        if group.hasEntry(at: position, for: sub) {
            let chunk = group.chunks[position.chunk]
            bytes += (image?.count ?? 0) - (chunk.entries[position.index].imageBytes?.count ?? 0)
            chunk.entries[position.index].set(image, lsn: lsn)
            chunk.newestLSN = max(chunk.newestLSN, lsn)
            chunk.isReferenced = true
        } else {
            bytes += RowEntry(sub: sub, image: image, lsn: lsn, isNextKnown: false).bytes
            group.insert(sub, image, lsn: lsn, at: position)
        }
    }

    func setCounter(_ directory: UInt64, _ counter: Counter, lsn: UInt64) {
        if let entry = counters.find(directory) {
            entry.pointee = CounterEntry(counter: counter, lsn: lsn, isReferenced: true)
        } else {
            counters.insert(directory, CounterEntry(counter: counter, lsn: lsn, isReferenced: true))
            bytes += CounterEntry.bytes
        }
    }

    func findOrMakeGroup(_ table: Table, _ id: UInt64) -> RowGroup {
        let slot = Int(table.rawValue)
        if let group = groups[slot].find(id)?.pointee { return group }
        let group = RowGroup(isHeadKnown: isFresh(table, id))
        groups[slot].insert(id, group)
        bytes += RowGroup.bytes
        return group
    }

    func removeAll() {
        guard bytes > 0 else { return }
        for table in singles { table.removeAll() }
        for table in groups { table.removeAll() }
        counters.removeAll()
        bytes = 0
    }
}
