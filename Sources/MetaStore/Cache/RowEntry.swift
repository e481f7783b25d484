/// A row in memory, or the knowledge that there is none.
struct RowEntry {
    let sub: [UInt8]
    /// nil: no such row.
    var image: [UInt8]?
    /// The LSN of its last change; 0 for knowledge that came from a shard without one.
    var lsn: UInt64
    /// True when no shard row lies between this entry and the next one in its group (or the end).
    var isNextKnown: Bool

    /// What it costs: the bytes, two array headers and its own fields.
    var bytes: Int { sub.count + (image?.count ?? 0) + 112 }
}

/// The row of a table that has at most one per id.
struct SingleEntry {
    var image: [UInt8]?
    var lsn: UInt64
    var isReferenced: Bool

    var bytes: Int { (image?.count ?? 0) + 72 }
}

/// A directory's counter, its whole value.
struct CounterEntry {
    var counter: Counter
    var lsn: UInt64
    var isReferenced: Bool

    static let bytes = 96
}

/// What memory knows about a row.
enum Known {
    case row([UInt8])
    case absent
    case unknown
}
