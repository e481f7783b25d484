/// A segment that the log keeps.
struct SegmentFile: Sendable {
    var path: String
    var firstLSN: UInt64
    var createdMs: Int64
}
