import Core
import Synchronization

/// What live runs have read and the log has not yet been told.
///
/// A run's reads go into the record of its next change, ahead of the change, so a durable output never lacks an input that it
/// had, and no sync is added. Thread-safe; `pending` and `logged` belong to the thread that plans.
final class TracedReads: Sendable {
    /// Bounds of memory. Tests take small ones.
    struct Bounds: Sendable {
        /// Reads, and their bytes, that get a record of their own when the run changes nothing.
        var recordEvents = 512
        var recordBytes = 128 << 10
        /// Bytes of one run's reads, and of all runs', that wait while the log takes none: safemode, or a log that stands still.
        /// More are not taken: openings are counted as dropped, reads stay with who tells them. At half of what all may take, all runs' reads are told.
        var runBytes = 4 << 20
        var totalBytes = 64 << 20
        /// Generations remembered of one run, and of all: 53 bytes each. Beyond, the memory of the one, or of all, starts over,
        /// and a read may be told again.
        var runSeen = 1 << 18
        var totalSeen = 1 << 21
    }

    private struct State {
        var runs: [RunID: RunReads] = [:]
        var pendingBytes = 0
        var seenCount = 0
        /// All runs were asked to tell; again after the next tick at the earliest.
        var isPressed = false
    }

    private let bounds: Bounds
    private let state = Mutex(State())
    private let dropped = MetricCounter()
    private let late = MetricCounter()
    private let forged = MetricCounter()

    init(bounds: Bounds = Bounds()) { self.bounds = bounds }

    /// Reads that were not recorded because too many waited.
    var droppedCount: UInt64 { dropped.value }
    /// Reads that were told after their run's end, or when the file was gone.
    var lateCount: UInt64 { late.value }
    /// Reads under tokens that are no tokens of this namenode's.
    var forgedCount: UInt64 { forged.value }
    /// Bytes of reads that wait, of all runs.
    var pendingBytes: Int { state.withLock { $0.pendingBytes } }

    func countDropped() { dropped.add() }
    func countLate() { late.add() }
    func countForged() { forged.add() }

    /// What a run is known to have read of a file: whoever opens it again has nothing to tell.
    func knowledge(of generation: FileGeneration, by run: RunID) -> RunReads.Knowledge {
        state.withLock { $0.runs[run]?.knowledge(of: generation) ?? .nothing }
    }

    /// What became of an event.
    struct Noted {
        /// Runs whose reads should get a record of their own now, mostly none: after each of these records, or the try, comes
        /// `told`.
        var toTell: [RunID] = []
        /// False when there was no room: what a run read is then known only to who told it.
        var isKept = true
    }

    /// Notes an `opened` or `read` event.
    func note(_ event: NamespaceEvent, by run: RunID) -> Noted {
        guard let generation = FileGeneration(event) else { return Noted() }
        return state.withLock { state in
            switch state.runs[run]?.knowledge(of: generation) ?? .nothing {
            case .read, .logged: return Noted()
            case .opened where event.kind != .read: return Noted()
            default: break
            }
            if state.seenCount >= bounds.totalSeen { forgetSeen(&state) }
            let before = state.pendingBytes
            let taken = take(event, generation, &state.runs[run, default: RunReads()], allBytes: before)
            state.pendingBytes += taken.bytes
            state.seenCount += taken.seen
            return Noted(toTell: toTell(run, isDue: taken.isDue, &state), isKept: taken.bytes > 0)
        }
    }

    /// Keeps the event if there is room; by how much the bytes and the generations of all runs grew, and whether the run should
    /// be told of.
    private func take(
        _ event: NamespaceEvent, _ generation: FileGeneration, _ reads: inout RunReads, allBytes: Int
    ) -> (bytes: Int, seen: Int, isDue: Bool) {
        let bytes = RunReads.bytes(event)
        let size = reads.pendingBytes
        guard size + bytes <= bounds.runBytes, allBytes + bytes <= bounds.totalBytes else { return (0, 0, true) }
        let seenBefore = reads.seenCount
        if seenBefore >= bounds.runSeen { reads.forgetSeen() }
        reads.add(event, generation)
        let isDue =
            reads.pending.count % bounds.recordEvents == 0
            || (size + bytes) / bounds.recordBytes > size / bounds.recordBytes
        return (bytes, reads.seenCount - seenBefore, isDue)
    }

    /// The run whose reads are due; under pressure it and, once, all others.
    private func toTell(_ run: RunID, isDue: Bool, _ state: inout State) -> [RunID] {
        let isPressed = state.pendingBytes > bounds.totalBytes / 2
        if isPressed, !state.isPressed {
            state.isPressed = true
            return state.runs.keys.sorted().filter { state.runs[$0]?.beginTelling() ?? false }
        }
        guard isDue || isPressed, state.runs[run]?.beginTelling() ?? false else { return [] }
        return [run]
    }

    /// The record that `note` asked for was made, or could not be.
    func told(_ run: RunID) { state.withLock { $0.runs[run]?.endTelling() } }

    private func forgetSeen(_ state: inout State) {
        for run in state.runs.keys { state.runs[run]?.forgetSeen() }
        state.seenCount = 0
    }

    /// Makes what a run opened a read. False when that needs an event of its own (`RunReads.markRead`).
    func markRead(_ generation: FileGeneration, by run: RunID) -> Bool {
        state.withLock { $0.runs[run]?.markRead(generation) ?? false }
    }

    /// Runs with reads that the log has not been given, in order.
    var waiting: [RunID] {
        state.withLock { state in state.runs.filter { !$0.value.pending.isEmpty }.map(\.key) }.sorted()
    }

    /// Some reads are not known to be durable.
    var areUnsettled: Bool {
        state.withLock { state in state.pendingBytes > 0 || state.runs.values.contains { $0.isUnsettled } }
    }

    /// All that is known now gets into the log, and whoever planned before is durable, when the round ends well.
    func beginRound() {
        state.withLock { state in for run in Array(state.runs.keys) { state.runs[run]?.beginRound() } }
    }

    func endRound(isDurable: Bool) {
        guard isDurable else { return }
        state.withLock { state in for run in Array(state.runs.keys) { state.runs[run]?.roundIsDurable() } }
    }

    /// What the record being planned tells.
    func pending(_ run: RunID) -> [NamespaceEvent] { state.withLock { $0.runs[run]?.offer() ?? [] } }

    /// What `pending` gave last has its place in the log.
    func logged(_ run: RunID) { state.withLock { $0.pendingBytes -= $0.runs[run]?.logged() ?? 0 } }

    /// Forgets runs that have ended; under pressure, all others may be asked again. Called every second or so.
    func keep(_ isLive: (RunID) -> Bool) {
        let known = state.withLock { state in
            state.isPressed = false
            return Array(state.runs.keys)
        }
        let ended = known.filter { !isLive($0) }
        guard !ended.isEmpty else { return }
        state.withLock { state in
            for run in ended {
                guard let reads = state.runs.removeValue(forKey: run) else { continue }
                state.pendingBytes -= reads.pendingBytes
                state.seenCount -= reads.seenCount
                dropped.add(UInt64(reads.pending.count))
            }
        }
    }
}
