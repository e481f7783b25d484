/// A row in memory, or the knowledge that there is none.
struct RowEntry {
    let sub: [UInt8]
    /// nil: no such row.
    private(set) var image: [UInt8]?
    /// The LSN of its last change; 0 for knowledge that came from a shard without one.
    private(set) var lsn: UInt64
    /// True when no shard row lies between this entry and the next one in its group (or the end).
    var isNextKnown: Bool
    /// The memory of `sub` and `image`: lookups follow these, as passing arrays on would count their references, ten and
    /// more a lookup, against other threads that do the same. Valid as long as the entry: an array's memory stays where it
    /// is until somebody writes to the array, and nobody does.
    let subBytes: UnsafeRawBufferPointer
    private(set) var imageBytes: UnsafeRawBufferPointer?

    init(sub: [UInt8], image: [UInt8]?, lsn: UInt64, isNextKnown: Bool) {
        self.sub = sub
        self.image = image
        self.lsn = lsn
        self.isNextKnown = isNextKnown
        subBytes = sub.withUnsafeBytes { $0 }
        imageBytes = image?.withUnsafeBytes { $0 }
    }

    /// The row's newer state.
    mutating func set(_ newImage: [UInt8]?, lsn newLSN: UInt64) {
        image = newImage
        imageBytes = newImage?.withUnsafeBytes { $0 }
        lsn = newLSN
    }

    /// What it costs: the bytes, two array headers and its own fields.
    var bytes: Int { sub.count + (image?.count ?? 0) + 144 }
}

/// The row of a table that has at most one per id.
struct SingleEntry {
    private(set) var image: [UInt8]?
    private(set) var lsn: UInt64
    var isReferenced: Bool
    /// It was used since it came.
    private var isUsed = false
    /// As `RowEntry.imageBytes`.
    private(set) var imageBytes: UnsafeRawBufferPointer?

    /// - Parameter isReferenced: false for one that stays only if it is used twice.
    init(image: [UInt8]?, lsn: UInt64, isReferenced: Bool) {
        self.image = image
        self.lsn = lsn
        self.isReferenced = isReferenced
        imageBytes = image?.withUnsafeBytes { $0 }
    }

    /// Somebody reads it: the first time is what it came for.
    mutating func use() {
        isReferenced = isUsed
        isUsed = true
    }

    var bytes: Int { (image?.count ?? 0) + 88 }
}

/// A directory's counter, its whole value.
struct CounterEntry {
    var counter: Counter
    var lsn: UInt64
    var isReferenced: Bool

    static let bytes = 96
}

/// What memory knows about a row. The bytes are valid until the store changes.
enum Known {
    case row(UnsafeRawBufferPointer)
    case absent
    case unknown
}
