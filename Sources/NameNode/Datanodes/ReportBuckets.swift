internal import Core

/// A set of report buckets, one bit each.
struct ReportBuckets: Hashable, Sendable {
    private var words: [UInt64]
    private(set) var count = 0

    init() { words = Array(repeating: 0, count: (Limits.blockReportBuckets + 63) / 64) }

    static let full: ReportBuckets = {
        var buckets = ReportBuckets()
        for bucket in 0..<Limits.blockReportBuckets { buckets.insert(bucket) }
        return buckets
    }()

    var isFull: Bool { count == Limits.blockReportBuckets }

    func contains(_ bucket: Int) -> Bool { words[bucket / 64] & 1 << UInt64(bucket % 64) != 0 }

    /// `bucket` must be below `Limits.blockReportBuckets`.
    mutating func insert(_ bucket: Int) {
        precondition((0..<Limits.blockReportBuckets).contains(bucket), "bucket out of range")
        guard !contains(bucket) else { return }
        words[bucket / 64] |= 1 << UInt64(bucket % 64)
        count += 1
    }
}
