/// The published namespace as the body of a read sees it. Valid while the view's lock is held.
final class ReadView: MetadataView {
    private let published: PublishedView

    init(_ published: PublishedView) { self.published = published }

    func image(
        _ table: Table, _ id: UInt64, _ sub: UnsafeRawBufferPointer
    ) throws(PlanInterrupt) -> UnsafeRawBufferPointer? {
        switch published.lockedRow(table, id, sub) {
        case .row(let image): return image
        case .absent: return nil
        case .unknown: throw .needRows([.row(RowKey(table, id, Array(sub)))])
        }
    }

    func shared(_ table: Table, _ id: UInt64) throws(PlanInterrupt) -> [UInt8]? {
        precondition(!table.hasSub, "a table with one row an id")
        guard try image(table, id, UnsafeRawBufferPointer(start: nil, count: 0)) != nil else { return nil }
        return published.lockedImage(table, id)
    }

    func scan(_ table: Table, _ id: UInt64, after: [UInt8]?, limit: Int) throws(PlanInterrupt) -> [ScannedRow] {
        guard limit > 0 else { return [] }
        let scan = published.lockedScan(table, id, after: after, limit: limit)
        guard scan.isWhole || scan.rows.count >= limit else {
            throw .needRows([.scan(table, id, after: scan.covered, limit: limit - scan.rows.count)])
        }
        return scan.rows
    }

    func scan(_ table: Table, _ id: UInt64, before: [UInt8], limit: Int) throws(PlanInterrupt) -> [ScannedRow] {
        guard limit > 0 else { return [] }
        let scan = published.lockedScan(table, id, before: before, limit: limit)
        guard scan.isWhole || scan.rows.count >= limit else {
            throw .needRows([.scanBack(table, id, before: scan.covered, limit: limit - scan.rows.count)])
        }
        return scan.rows
    }

    func visit(
        _ table: Table, _ id: UInt64, after: [UInt8]?, limit: Int,
        _ body: (_ sub: UnsafeRawBufferPointer, _ image: UnsafeRawBufferPointer) throws(PlanInterrupt) -> Void
    ) throws(PlanInterrupt) {
        precondition(table.hasSub, "a table with one row an id is looked up")
        guard limit > 0 else { return }
        let walk = try published.lockedWalk(table, id, after: after, limit: limit) { entry throws(PlanInterrupt) in
            guard let image = entry.pointee.imageBytes else { return }
            try body(entry.pointee.subBytes, image)
        }
        guard walk.isWhole || walk.count >= limit else {
            throw .needRows([.scan(table, id, after: walk.covered, limit: limit - walk.count)])
        }
    }

    func counter(_ directory: UInt64) throws(PlanInterrupt) -> Counter {
        guard let counter = published.lockedCounter(directory) else {
            throw .needRows([.row(RowKey(.counter, directory))])
        }
        return counter
    }
}
