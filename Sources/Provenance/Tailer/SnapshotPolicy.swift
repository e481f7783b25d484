/// When snapshots of the graph are stored, and where.
package struct SnapshotPolicy: Sendable {
    package var events = 100_000
    package var intervalMs: Int64 = 3_600_000
    package var directory = "/.hfs/provenance"

    package init() {}

    package init(_ configuration: ProvenanceConfiguration) {
        events = configuration.snapshotEvents
        intervalMs = configuration.snapshotIntervalMs
        directory = configuration.snapshotDirectory
    }

    /// Whether an event tells of the snapshots themselves: the graph is no artifact of its own.
    func isOwn(_ path: String) -> Bool { path == directory || path.hasPrefix(directory + "/") }
}

/// How close the next snapshot is.
struct SnapshotDue {
    private let policy: SnapshotPolicy
    private let sinceMs: Int64
    private var events = 0

    init(_ policy: SnapshotPolicy, nowMs: Int64) {
        self.policy = policy
        sinceMs = nowMs
    }

    mutating func isDue(after count: Int, nowMs: Int64) -> Bool {
        events += count
        return events >= policy.events || (events > 0 && nowMs - sinceMs >= policy.intervalMs)
    }
}
