/// A segment that the log keeps.
struct SegmentFile: Sendable {
    var path: String
    var firstLSN: UInt64
    /// From the header; 0 before that was read.
    var createdMs: Int64
    var smallFileBytes: UInt64
}
