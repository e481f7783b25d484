internal import Core

/// How long segments are kept that no shard needs any more.
struct RetentionPolicy: Sendable {
    enum Verdict: Hashable { case keep, remove, removeForSpace }

    /// Kept whether or not anybody has a cursor.
    var bytes: Int
    var ageMs: Int64
    /// Kept while a cursor needs it.
    var cursorBytes: Int
    var cursorAgeMs: Int64
    /// Free bytes that the file system is to have: below, nothing is kept for the feed's sake.
    var reserveBytes: UInt64

    /// Bytes of small files do not count, up to this many times what may be kept, they included.
    static let smallFilesFactor = 4

    /// What becomes of the oldest segment.
    ///
    /// - Parameters:
    ///   - ageMs: of its newest record.
    ///   - keptBytes: all segments.
    ///   - smallFileBytes: of these, what small files take up: no event needs it.
    ///   - isHeld: a cursor needs events of it.
    ///   - freeBytes: of the file system; nil when it could not be found out.
    func verdict(ageMs: Int64, keptBytes: Int, smallFileBytes: Int, isHeld: Bool, freeBytes: UInt64?) -> Verdict {
        let bytesMax = isHeld ? max(bytes, cursorBytes) : bytes
        let ageMaxMs = isHeld ? max(self.ageMs, cursorAgeMs) : self.ageMs
        let isTooLarge =
            keptBytes - smallFileBytes > bytesMax || keptBytes / Self.smallFilesFactor > bytesMax
        if isTooLarge || ageMs > ageMaxMs { return .remove }
        if let freeBytes, freeBytes < reserveBytes { return .removeForSpace }
        return .keep
    }
}
