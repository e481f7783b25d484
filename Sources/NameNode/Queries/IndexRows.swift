import Core
import MetaStore

/// Whose attributes lie in some stretches of the index, in all scopes: collected as far as it is asked for, in no order.
struct IndexRows: Sendable {
    private static let firstPage = 16
    private static let page = 256
    private static let scansMin = 4
    private static let scansMax = 64

    private let ranges: [IndexRange]
    private(set) var inodes: [InodeID] = []
    /// Stretches begun, scope by scope.
    private var begun = 0
    private var open: [IndexCursor] = []
    private(set) var isWhole = false

    init(_ ranges: [IndexRange]) { self.ranges = ranges }

    /// Reads on; `rowsMax` tells how many are wanted. Returns the rows looked at.
    mutating func advance(
        _ scopes: [InodeID], rowsMax: Int, _ view: any MetadataView
    ) throws(PlanInterrupt) -> Int {
        let before = inodes.count
        var scans = 1
        if var cursor = open.popLast() {
            inodes += try cursor.page(limit: Self.page, view).map(\.inode)
            if !cursor.isAtEnd { open.append(cursor) }
        } else {
            scans = min(scopes.count * ranges.count - begun, max(Self.scansMin, min(rowsMax / 4, Self.scansMax)))
            let cursors = (begun..<begun + scans).map { index in
                IndexCursor(ranges[index % ranges.count], in: scopes[index / ranges.count])
            }
            begun += scans
            let pages = try view.gather(cursors) { (cursor, view) throws(PlanInterrupt) in
                var cursor = cursor
                return (try cursor.page(limit: Self.firstPage, view), cursor)
            }
            for (hits, cursor) in pages {
                inodes += hits.map(\.inode)
                if !cursor.isAtEnd { open.append(cursor) }
            }
        }
        isWhole = open.isEmpty && begun == scopes.count * ranges.count
        return scans + inodes.count - before
    }
}
