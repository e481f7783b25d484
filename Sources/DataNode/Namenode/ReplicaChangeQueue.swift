internal import Core
internal import DequeModule
internal import Synchronization

/// Changes that the namenode has not been told of yet, in order, and the signal that there are some. Thread-safe.
///
/// Begun replicas wait for the next message that is sent anyway, and are left out when they are final by then: telling of
/// them at once would only put a round trip in front of the one message that a client waits for.
final class ReplicaChangeQueue: ReplicaReporter {
    struct Change: Sendable, Equatable {
        enum Kind: Sendable { case receiving, received, deleted }

        var kind: Kind
        var block: BlockID
        var generationStamp: GenerationStamp
        var length: UInt64
        var storageID: String
    }

    private struct State {
        var changes: Deque<Change> = []
        var receiving: [BlockID: Change] = [:]
        var bad: [Change] = []
        var hasOverflowed = false
    }

    /// Changes kept while the namenode is away: about 100 bytes each. Past it a report of all buckets says more in less.
    static let changesMax = 500_000
    /// Changes of one message.
    static let batchMax = 10_000

    private let state = Mutex(State())
    private let consumer = Mutex<AsyncStream<Void>.Continuation?>(nil)

    /// An element whenever there may be something to send. Each session asks for a stream of its own, which takes the place
    /// of the one before: a stream ends for ever with the task that was cancelled in it.
    func wakeUps() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        consumer.withLock { $0 = continuation }
        return stream
    }

    func wake() { consumer.withLock { $0 }?.yield() }

    var count: Int { state.withLock { $0.changes.count + $0.bad.count } }

    // MARK: Filling

    func receiving(_ block: BlockID, _ stamp: GenerationStamp, storageID: String) {
        let change = Change(kind: .receiving, block: block, generationStamp: stamp, length: 0, storageID: storageID)
        state.withLock { state in
            guard state.receiving.count < Self.changesMax else { return }
            state.receiving[block] = change
        }
    }

    func received(_ block: BlockID, _ stamp: GenerationStamp, length: UInt64, storageID: String) {
        add(Change(kind: .received, block: block, generationStamp: stamp, length: length, storageID: storageID))
    }

    func deleted(_ block: BlockID, _ stamp: GenerationStamp, length: UInt64, storageID: String) {
        add(Change(kind: .deleted, block: block, generationStamp: stamp, length: length, storageID: storageID))
    }

    func bad(_ block: BlockID, _ stamp: GenerationStamp, length: UInt64, storageID: String) {
        let change = Change(kind: .received, block: block, generationStamp: stamp, length: length, storageID: storageID)
        state.withLock { state in
            guard state.bad.count < Self.batchMax, !state.bad.contains(change) else { return }
            state.bad.append(change)
        }
        wake()
    }

    private func add(_ change: Change) {
        state.withLock { state in
            state.receiving[change.block] = nil
            if state.changes.count < Self.changesMax {
                state.changes.append(change)
            } else {
                state.hasOverflowed = true
            }
        }
        wake()
    }

    // MARK: Emptying

    /// The next changes to send, oldest first; begun replicas come with them, or alone when `flushesReceiving`.
    func take(flushesReceiving: Bool) -> [Change] {
        state.withLock { state in
            var batch: [Change] = []
            if flushesReceiving || !state.changes.isEmpty {
                batch = state.receiving.values.sorted { $0.block < $1.block }
                state.receiving = [:]
            }
            let count = min(state.changes.count, Self.batchMax)
            batch.append(contentsOf: state.changes.prefix(count))
            state.changes.removeFirst(count)
            return batch
        }
    }

    /// Changes whose message may not have arrived: they are sent again, before all newer ones.
    func putBack(_ changes: [Change]) {
        state.withLock { state in
            for change in changes.reversed() where change.kind != .receiving { state.changes.prepend(change) }
        }
    }

    func takeBad() -> [Change] { state.withLock { state in exchange(&state.bad, with: []) } }

    func putBackBad(_ changes: [Change]) { state.withLock { $0.bad = changes + $0.bad } }

    /// True once after changes were dropped: all buckets must be reported.
    func takeOverflow() -> Bool { state.withLock { state in exchange(&state.hasOverflowed, with: false) } }

    private func exchange<Value>(_ value: inout Value, with new: Value) -> Value {
        defer { value = new }
        return value
    }
}
