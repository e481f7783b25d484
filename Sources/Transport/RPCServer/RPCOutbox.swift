import Core
import NIOCore
import Synchronization
import WireProtocol

/// The answers of one connection on their way to its event loop. Thread-safe.
///
/// Whoever answers encodes the frame into spare memory of its own turn and appends it under the lock; the first to append
/// after a flush wakes the event loop, all others ride along. While the loop works through a batch of requests nobody
/// needs to wake it: it looks here at the batch's end.
final class RPCOutbox: RPCReplySink {
    struct Batch {
        var bytes: ByteBuffer
        /// Calls whose answers are in `bytes`.
        var answeredCount: Int
    }

    private struct State {
        var pending = ByteBuffer()
        var answeredCount = 0
        /// Memory to encode in; absent while somebody uses it.
        var spare: ByteBuffer?
        var isFlushDue = false
        var isClosed = false
    }

    /// A spare buffer that a large answer has blown up is not kept.
    private static let spareBytesMax = 1 << 20

    /// A closure in a struct of its own: see `CallbackSlot`.
    private struct Wake: Sendable {
        let body: @Sendable () -> Void
    }

    private let state = Mutex(State())
    private let pendingBytes = Atomic<Int>(0)
    private let eventLoop: any EventLoop
    /// Tells the connection, on its event loop, to flush.
    private let wake: Mutex<Wake?>
    private let figures: RPCServerShared.Figures
    private let wakes: RPCWakes

    init(
        eventLoop: any EventLoop, figures: RPCServerShared.Figures, wakes: RPCWakes,
        wake: @escaping @Sendable () -> Void
    ) {
        self.eventLoop = eventLoop
        self.figures = figures
        self.wakes = wakes
        self.wake = Mutex(Wake(body: wake))
    }

    // MARK: From any thread

    func succeed(_ call: RPCCall, _ fill: (inout ByteBuffer) -> Void) {
        append(call) { encoder, buffer in encoder.encode(into: &buffer, fill) }
    }

    func fail(_ call: RPCCall, _ error: HFSError) {
        figures.errors.add()
        append(call) { encoder, buffer in encoder.encode(error: error, into: &buffer) }
    }

    private func append(_ call: RPCCall, _ encode: (RPCResponseEncoder, inout ByteBuffer) -> Void) {
        var frame = state.withLock { $0.spare.take() } ?? ByteBufferAllocator().buffer(capacity: 512)
        encode(
            RPCResponseEncoder(callID: call.callID, clientID: call.clientID, retryCount: call.retryCount), &frame)
        figures.microseconds.observe(UInt64(max(0, (NIODeadline.now() - call.receivedAt).nanoseconds / 1000)))
        let isFirst = state.withLock { state -> Bool in
            guard !state.isClosed else { return false }
            state.answeredCount += 1
            state.pending.writeImmutableBuffer(frame)
            pendingBytes.store(state.pending.readableBytes, ordering: .relaxed)
            if frame.capacity <= Self.spareBytesMax {
                frame.clear()
                state.spare = frame
            }
            defer { state.isFlushDue = true }
            return !state.isFlushDue
        }
        if isFirst { wakes.wake(self) }
    }

    /// Has the loop take what has gathered.
    func wakeEventLoop() {
        // With the lock held, so that nothing is scheduled once `close` has returned: the loop may end then.
        wake.withLock { wake in
            if let wake { eventLoop.execute(wake.body) }
        }
    }

    // MARK: On the event loop

    /// Bytes waiting, a moment ago.
    var waitingBytes: Int { pendingBytes.load(ordering: .relaxed) }

    /// The loop will take what gathers from now on without being woken.
    func beginBatch() { state.withLock { $0.isFlushDue = true } }

    /// Everything that has gathered; who answers after this wakes the loop again, unless the batch goes on.
    func take(batchGoesOn: Bool = false) -> Batch {
        state.withLock { state in
            let batch = Batch(bytes: state.pending, answeredCount: state.answeredCount)
            state.pending = ByteBuffer()
            state.answeredCount = 0
            state.isFlushDue = batchGoesOn
            pendingBytes.store(0, ordering: .relaxed)
            return batch
        }
    }

    /// Appends bytes that answer no counted call.
    func append(_ bytes: ByteBuffer) {
        state.withLock { state in
            guard !state.isClosed else { return }
            state.pending.writeImmutableBuffer(bytes)
        }
    }

    /// Later answers are dropped.
    func close() {
        state.withLock { state in
            state.isClosed = true
            state.pending = ByteBuffer()
            state.spare = nil
        }
        wake.withLock { $0 = nil }
    }
}
