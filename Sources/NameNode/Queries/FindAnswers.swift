import Core

/// What a query has found so far, each entry once; of those that are sorted at the end only the best are kept.
struct FindAnswers: Sendable {
    private let order: Find.Order?
    private let limit: Int
    private var entries: [Find.Entry] = []
    private var inodes = Set<InodeID>()
    /// The last one of so many answers that what comes behind it is none.
    private var worst: Find.Entry?

    init(order: Find.Order?, limit: Int) {
        self.order = order
        self.limit = limit
    }

    var count: Int { entries.count }

    /// So many that further ones in the order of the answer make no difference.
    var isFull: Bool { entries.count >= limit }

    func contains(_ inode: InodeID) -> Bool { inodes.contains(inode) }

    mutating func add(_ entry: Find.Entry) {
        guard inodes.insert(entry.inode).inserted else { return }
        entries.append(entry)
        guard order != nil, entries.count >= 2 * limit else { return }
        let best = answer
        for entry in entries { inodes.remove(entry.inode) }
        for entry in best { inodes.insert(entry.inode) }
        entries = best
        worst = best.last
    }

    /// Some entries are known to come too late: `mayTake` tells.
    var knowsWorst: Bool { worst != nil }

    /// False for an entry that, with this key, would come behind as many others as are wanted.
    func mayTake(key: [UInt8], _ inode: InodeID) -> Bool {
        guard let order, let worst else { return true }
        let comesBefore = key == worst.key ? inode < worst.inode : key.lexicographicallyPrecedes(worst.key)
        return comesBefore != order.isDescending
    }

    /// The first ones in the order asked for; among equals by inode.
    var answer: [Find.Entry] {
        guard let order else { return Array(entries.prefix(limit)) }
        let sorted = entries.sorted { a, b in
            a.key == b.key ? a.inode < b.inode : a.key.lexicographicallyPrecedes(b.key)
        }
        return Array((order.isDescending ? sorted.reversed() : sorted).prefix(limit))
    }
}
