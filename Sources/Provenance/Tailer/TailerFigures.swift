package import Core
import Synchronization

/// How the tailer is: its `/health`, its gauges, and how long events took from the namenode into the graph.
package final class TailerFigures: Sendable {
    private struct State {
        var problem: String? = "the graph is being opened"
        var next = LSN.zero
        var published = LSN.zero
        /// Everything that happened up to then is in the graph.
        var completeUntilMs: Int64
    }

    private let state: Mutex<State>
    private let clock: any HFSClock
    private let events: MetricCounter
    private let snapshots: MetricCounter
    private let delays: MetricHistogram

    package init(_ registry: MetricsRegistry = MetricsRegistry(), clock: any HFSClock = SystemClock()) {
        self.clock = clock
        state = Mutex(State(completeUntilMs: clock.nowMs))
        events = registry.counter("hfs_provenance_events_total", help: "Events taken into the graph")
        snapshots = registry.counter("hfs_provenance_snapshots_total", help: "Snapshots of the graph stored in hfs")
        delays = registry.histogram(
            "hfs_provenance_delay_ms", help: "From an event's time at the namenode until the graph had it")
        registry.gauge("hfs_provenance_lag_ms", help: "Age of the first event that the graph may lack; 0: it has all") {
            [weak self] in Double(self?.lagMs ?? 0)
        }
        registry.gauge("hfs_provenance_lag_records", help: "Edits records that the graph lacks, as last heard") {
            [weak self] in Double(self?.lagRecords ?? 0)
        }
    }

    /// Nil while the feed is followed; else why it is not.
    package var problem: String? { state.withLock { $0.problem } }

    /// Milliseconds; while the feed cannot be read, what may have happened since counts too.
    package var lagMs: Int64 {
        let nowMs = clock.nowMs
        return state.withLock { state in
            state.problem == nil && state.next > state.published ? 0 : max(0, nowMs - state.completeUntilMs)
        }
    }

    package var lagRecords: UInt64 {
        state.withLock { state in
            state.published >= state.next ? state.published.rawValue - state.next.rawValue + 1 : 0
        }
    }

    /// How many events the graph took since this was made.
    package var eventsTaken: UInt64 { events.value }

    /// Milliseconds from events' times at the namenode until the graph had them, for a share of the events; at most 19 % high.
    package func delayMs(atQuantile share: Double) -> UInt64 { delays.quantile(share) }

    /// A batch, and with it all records below `next`, is in the graph.
    func took(_ entries: [FeedEntry], next: LSN, published: LSN) {
        let nowMs = clock.nowMs
        events.add(UInt64(entries.count))
        for entry in entries { delays.observe(UInt64(max(0, nowMs - entry.timeMs))) }
        state.withLock { state in
            state.problem = nil
            state.next = next
            state.published = published
            if next > published {
                state.completeUntilMs = nowMs
            } else if let last = entries.last {
                state.completeUntilMs = last.timeMs
            }
        }
    }

    func storedSnapshot() { snapshots.add() }

    func failed(_ error: HFSError) { state.withLock { $0.problem = "\(error)" } }
}
