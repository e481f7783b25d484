import Core
import MetaStore

/// A stretch of the index in all scopes together, in the order of values, then inodes, or the other way round: of each scope
/// only what comes next is in memory.
struct IndexMerge: Sendable {
    /// Of many scopes most have nothing that is wanted.
    private static let firstPageOfMany = 2
    private static let page = 64
    private static let fewScopes = 8
    private static let scansMax = 64

    private let isDescending: Bool
    private let firstPage: Int
    private var cursors: [IndexCursor]
    /// Of each cursor what was read and not taken, the next one last.
    private var buffers: [[IndexHit]]
    /// The cursors with something to take, the next one last.
    private var queue: [Int] = []
    /// The cursors that must be read before anything is taken.
    private var unread: [Int]

    init(_ range: IndexRange, in scopes: [InodeID], isDescending: Bool) {
        self.isDescending = isDescending
        firstPage = scopes.count > Self.fewScopes ? Self.firstPageOfMany : Self.page
        cursors = scopes.map { IndexCursor(range, in: $0, isDescending: isDescending) }
        buffers = scopes.map { _ in [] }
        unread = Array(scopes.indices)
    }

    /// Nothing is left.
    var isWhole: Bool { queue.isEmpty && unread.isEmpty }

    /// Reads what is needed for the next ones, as far as one step goes. Returns the rows looked at.
    mutating func fill(_ view: any MetadataView) throws(PlanInterrupt) -> Int {
        let batch = unread.suffix(Self.scansMax)
        let pages = try view.gather(batch) { (index, view) throws(PlanInterrupt) in
            var cursor = cursors[index]
            let limit = cursor.isBegun ? Self.page : firstPage
            return (index: index, hits: try cursor.page(limit: limit, view), cursor: cursor)
        }
        unread.removeLast(batch.count)
        var rows = batch.count
        for (index, hits, cursor) in pages {
            rows += hits.count
            cursors[index] = cursor
            buffers[index] = hits.reversed()
            if !hits.isEmpty { enqueue(index) }
        }
        return rows
    }

    /// The next ones, at most `count`: fewer when more must be read first.
    mutating func take(_ count: Int) -> [IndexHit] {
        var hits: [IndexHit] = []
        while hits.count < count, unread.isEmpty, let index = queue.popLast(), let hit = buffers[index].popLast() {
            hits.append(hit)
            if !buffers[index].isEmpty { enqueue(index) } else if !cursors[index].isAtEnd { unread.append(index) }
        }
        return hits
    }

    private mutating func enqueue(_ index: Int) {
        guard let hit = buffers[index].last else { return }
        var low = 0
        var high = queue.count
        while low < high {
            let middle = (low + high) / 2
            if let other = buffers[queue[middle]].last, comes(hit, before: other) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        queue.insert(index, at: low)
    }

    private func comes(_ a: IndexHit, before b: IndexHit) -> Bool {
        let isLower = a.value == b.value ? a.inode < b.inode : a.value.lexicographicallyPrecedes(b.value)
        return isLower != isDescending
    }
}
