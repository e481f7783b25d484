import Core
import MetaStore

/// A row of the attribute index.
struct IndexHit: Sendable {
    /// As the index orders them.
    var value: ArraySlice<UInt8>
    var inode: InodeID
}

/// Goes through a stretch of one scope's index, up or down.
struct IndexCursor: Sendable {
    private let scope: InodeID
    private let range: IndexRange
    private let isDescending: Bool
    private var last: [UInt8]
    /// A page was read.
    private(set) var isBegun = false
    /// Nothing is left.
    private(set) var isAtEnd = false

    init(_ range: IndexRange, in scope: InodeID, isDescending: Bool = false) {
        self.scope = scope
        self.range = range
        self.isDescending = isDescending
        last = isDescending ? range.end : range.after
    }

    /// The next rows, at most `limit`.
    mutating func page(limit: Int, _ view: any MetadataView) throws(PlanInterrupt) -> [IndexHit] {
        let rows: [ScannedRow]
        if isDescending {
            rows = try view.scan(.attribute, scope.rawValue, before: last, limit: limit)
        } else {
            rows = try view.scan(.attribute, scope.rawValue, after: last, limit: limit)
        }
        isBegun = true
        isAtEnd = rows.count < limit
        var hits: [IndexHit] = []
        hits.reserveCapacity(rows.count)
        for row in rows {
            guard range.contains(row.sub) else {
                isAtEnd = true
                break
            }
            let (value, inode) = AttributeKey.parse(row.sub, prefixCount: range.prefixCount)
            hits.append(IndexHit(value: value, inode: inode))
        }
        if let next = rows.last { last = next.sub }
        return hits
    }
}
