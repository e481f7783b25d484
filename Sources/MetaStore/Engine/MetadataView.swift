/// The metadata at one LSN, as an operation or a read sees it.
///
/// A row that is not in memory is thrown as `PlanInterrupt.needRows`; the engine fetches it and runs the body again, so a
/// body must have no side effects. Not Sendable: valid only inside the body.
package protocol MetadataView: AnyObject {
    /// The image of a row, in place; nil when there is none. Valid until the view is asked for anything else, or the body
    /// ends.
    func image(
        _ table: Table, _ id: UInt64, _ sub: UnsafeRawBufferPointer
    ) throws(PlanInterrupt) -> UnsafeRawBufferPointer?

    /// The image of the row of a table that has one an id, to be looked at after the body: without a copy where it can be.
    func shared(_ table: Table, _ id: UInt64) throws(PlanInterrupt) -> [UInt8]?

    /// The rows of `(table, id)` whose `sub` lies after `after` (nil: from the first), in byte order, at most `limit`.
    func scan(_ table: Table, _ id: UInt64, after: [UInt8]?, limit: Int) throws(PlanInterrupt) -> [ScannedRow]

    /// The rows of `(table, id)` whose `sub` lies before `before`, the last one first, at most `limit`.
    func scan(_ table: Table, _ id: UInt64, before: [UInt8], limit: Int) throws(PlanInterrupt) -> [ScannedRow]

    /// As `scan`, each row in place: valid inside `body`, which may read other rows.
    func visit(
        _ table: Table, _ id: UInt64, after: [UInt8]?, limit: Int,
        _ body: (_ sub: UnsafeRawBufferPointer, _ image: UnsafeRawBufferPointer) throws(PlanInterrupt) -> Void
    ) throws(PlanInterrupt)

    /// A directory's counter; all zero when none was ever written.
    func counter(_ directory: UInt64) throws(PlanInterrupt) -> Counter
}

extension MetadataView {
    package func shared(_ table: Table, _ id: UInt64) throws(PlanInterrupt) -> [UInt8]? { try row(RowKey(table, id)) }

    package func visit(
        _ table: Table, _ id: UInt64, after: [UInt8]?, limit: Int,
        _ body: (_ sub: UnsafeRawBufferPointer, _ image: UnsafeRawBufferPointer) throws(PlanInterrupt) -> Void
    ) throws(PlanInterrupt) {
        for row in try scan(table, id, after: after, limit: limit) {
            try row.sub.withUnsafeBufferPointer { sub throws(PlanInterrupt) in
                try row.image.withUnsafeBufferPointer { image throws(PlanInterrupt) in
                    try body(UnsafeRawBufferPointer(sub), UnsafeRawBufferPointer(image))
                }
            }
        }
    }

    /// A copy of a row's image; nil when there is none.
    package func row(_ key: RowKey) throws(PlanInterrupt) -> [UInt8]? {
        try key.sub.withUnsafeBufferPointer { sub throws(PlanInterrupt) in
            try image(key.table, key.id, UnsafeRawBufferPointer(sub)).map { Array($0) }
        }
    }
}

/// A row as a scan finds it: the rest of its key and its image.
package struct ScannedRow: Hashable, Sendable {
    package var sub: [UInt8]
    package var image: [UInt8]

    package init(sub: [UInt8], image: [UInt8]) {
        self.sub = sub
        self.image = image
    }
}
