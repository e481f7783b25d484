internal import Core

/// What a plan sees: the changes planned and not yet published, over the published namespace. Used by the planner thread.
final class PlanView: MetadataView {
    private let published: PublishedView
    let open = RowStore()
    /// True while the planner holds the published view's lock for a whole plan.
    var isLocked = false

    /// The last image read.
    private var kept = UnsafeMutableRawBufferPointer.allocate(byteCount: 1024, alignment: 16)

    init(_ published: PublishedView) { self.published = published }

    deinit { kept.deallocate() }

    /// The changes have been published, or never will be.
    func forgetChanges() { open.removeAll() }

    private func withPublished<R>(_ body: () -> R) -> R {
        if isLocked { return body() }
        published.lock.lock()
        defer { published.lock.unlock() }
        return body()
    }

    private func pending(_ table: Table, _ id: UInt64, _ sub: UnsafeRawBufferPointer) -> Known {
        open.bytes > 0 ? open.lookup(table, id, sub) : .unknown
    }

    func image(
        _ table: Table, _ id: UInt64, _ sub: UnsafeRawBufferPointer
    ) throws(PlanInterrupt) -> UnsafeRawBufferPointer? {
        switch pending(table, id, sub) {
        case .row(let image): return image
        case .absent: return nil
        case .unknown: break
        }
        switch withPublished({ keep(published.lockedRow(table, id, sub)) }) {
        case .row(let image): return image
        case .absent: return nil
        case .unknown: throw .needRows([.row(RowKey(table, id, Array(sub)))])
        }
    }

    /// Copies a published image to where it stays when the lock is let go: readers may evict the row then.
    private func keep(_ known: Known) -> Known {
        guard case .row(let image) = known, !isLocked else { return known }
        if kept.count < image.count {
            kept.deallocate()
            kept = .allocate(byteCount: image.count * 2, alignment: 16)
        }
        kept.copyMemory(from: image)
        return .row(UnsafeRawBufferPointer(rebasing: kept[..<image.count]))
    }

    func counter(_ directory: UInt64) throws(PlanInterrupt) -> Counter {
        if let counter = knownCounter(directory) { return counter }
        throw .needRows([.row(RowKey(.counter, directory))])
    }

    func knownCounter(_ directory: UInt64) -> Counter? {
        if let counter = open.counter(directory) { return counter }
        return withPublished { published.lockedCounter(directory) }
    }

    func scan(_ table: Table, _ id: UInt64, after: [UInt8]?, limit: Int) throws(PlanInterrupt) -> [ScannedRow] {
        guard limit > 0 else { return [] }
        let changes = pendingEntries(table, id, after: after)
        // Pending deletes may hide published rows: ask for as many more.
        let wanted = limit + changes.count { $0.image == nil }
        let scan = withPublished { published.lockedScan(table, id, after: after, limit: wanted) }
        guard scan.isWhole || scan.rows.count >= wanted else {
            throw .needRows([.scan(table, id, after: scan.covered, limit: wanted - scan.rows.count)])
        }
        if changes.isEmpty { return scan.rows }
        return Self.merge(scan.rows, changes, limit: limit)
    }

    func scan(_ table: Table, _ id: UInt64, before: [UInt8], limit: Int) throws(PlanInterrupt) -> [ScannedRow] {
        guard limit > 0 else { return [] }
        precondition(table.hasSub, "a table with one row an id is looked up")
        let changes = open.entries(table, id, before: before)
        let wanted = limit + changes.count { $0.image == nil }
        let scan = withPublished { published.lockedScan(table, id, before: before, limit: wanted) }
        guard scan.isWhole || scan.rows.count >= wanted else {
            throw .needRows([.scanBack(table, id, before: scan.covered, limit: wanted - scan.rows.count)])
        }
        if changes.isEmpty { return scan.rows }
        return Self.merge(scan.rows, changes, limit: limit, isDescending: true)
    }

    private func pendingEntries(_ table: Table, _ id: UInt64, after: [UInt8]?) -> [RowEntry] {
        guard table.hasSub else {
            guard after == nil else { return [] }
            switch pending(table, id, UnsafeRawBufferPointer(start: nil, count: 0)) {
            case .row(let image): return [RowEntry(sub: [], image: Array(image), lsn: 0, isNextKnown: false)]
            case .absent: return [RowEntry(sub: [], image: nil, lsn: 0, isNextKnown: false)]
            case .unknown: return []
            }
        }
        return open.entries(table, id, after: after)
    }

    private static func merge(
        _ rows: [ScannedRow], _ changes: [RowEntry], limit: Int, isDescending: Bool = false
    ) -> [ScannedRow] {
        let sign = isDescending ? -1 : 1
        var merged: [ScannedRow] = []
        var index = 0
        func takeChange() {
            if let image = changes[index].image { merged.append(ScannedRow(sub: changes[index].sub, image: image)) }
            index += 1
        }
        for row in rows {
            while index < changes.count, sign * ByteOrder.compare(changes[index].sub, row.sub) < 0 { takeChange() }
            if index < changes.count, changes[index].sub == row.sub {
                takeChange()
            } else {
                merged.append(row)
            }
            if merged.count >= limit { return Array(merged.prefix(limit)) }
        }
        while index < changes.count, merged.count < limit { takeChange() }
        return Array(merged.prefix(limit))
    }
}
