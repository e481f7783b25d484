internal import Core

/// Consecutive operations on their way through log, publication and shards.
///
/// `@unchecked Sendable`: only the planner thread writes it; the shard threads get it when it is durable and only read
/// `changes` and `counters`, which are complete then.
final class Batch: @unchecked Sendable {
    struct Change: Sendable {
        var table: Table
        var shard: UInt8
        var id: UInt64
        var sub: [UInt8]
        /// nil: deleted.
        var image: [UInt8]?
        var lsn: UInt64
    }

    /// A directory's counter after an operation, whole.
    struct CounterChange: Sendable {
        var shard: UInt8
        var directory: UInt64
        var counter: Counter
        /// The row goes.
        var isDeleted: Bool
        var lsn: UInt64
    }

    /// Records that lie side by side in one segment.
    struct Run {
        /// The segment to begin before writing, and where it lies prepared; nil: go on in the open one.
        var newSegment: SegmentHeader?
        var preparedPath = ""
        /// The answers given before the new segment.
        var retries = RetryCache()
        /// Where in the segment the first record goes.
        var position: Int
        /// Where in `bytes` each record begins, and where the last one ends.
        var offsets: [Int] = []
        var end: Int?
        var lastLSN: UInt64 = 0
    }

    let bytes = ByteWriter(capacity: 1 << 14)
    var runs: [Run] = []
    var changes: [Change] = []
    var counters: [CounterChange] = []
    var jobs: [PlannerJob] = []
    /// The newest LSN in it, or before it when it changes nothing.
    var lastLSN: UInt64
    var beginsSegment: Bool { runs.contains { $0.newSegment != nil } }

    init(lastLSN: UInt64) { self.lastLSN = lastLSN }

    var isEmpty: Bool { jobs.isEmpty }
}
