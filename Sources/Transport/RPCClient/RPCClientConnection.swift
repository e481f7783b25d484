import Core
import Logging
import NIOCore
import NIOPosix
import Synchronization
import WireProtocol

/// One connection of an `RPCClient`, from its connect to its end; never used again after that.
///
/// Callers on any thread register their call and append its frame under a lock; the event loop takes everything that has
/// gathered in one write. All other work is on the event loop.
final class RPCClientConnection: Sendable {
    typealias Answer = Result<ByteBuffer, HFSError>

    private struct Pending {
        var continuation: CheckedContinuation<Answer, Never>
        var deadline: NIODeadline
        /// Place in the order of all frames: what lies below `State.sent` has gone to the socket.
        var order: UInt64
    }

    /// What is sent before the first call.
    struct Opening {
        /// The preface, with a token also the first SASL message.
        var first = ByteBuffer()
        /// With a token not before the server knows us.
        var context = ByteBuffer()
        var exchange: SaslClient?
    }

    private enum Phase {
        case connecting
        case established
        case ended(HFSError)
    }

    private struct State {
        var phase = Phase.connecting
        var pending: [Int32: Pending] = [:]
        var outgoing = ByteBuffer()
        var isFlushScheduled = false
        var nextOrder: UInt64 = 0
        var sent: UInt64 = 0
        /// No pending call has an earlier deadline than this; it may belong to a call that has ended.
        var earliest = NIODeadline.distantFuture
        /// The deadline that the timer is set to; nil when it is not running.
        var timerDeadline: NIODeadline?
    }

    private let host: String
    private let port: UInt16
    private let opening: Opening
    /// Nil without a token. Used on the event loop alone.
    private let exchange: Mutex<SaslClient?>
    private let encoder: RPCRequestEncoder
    private let eventLoop: any EventLoop
    private let configuration: RPCClientConfiguration
    private let logger: Logger
    private let state = Mutex(State())
    private let channel = Mutex<(any Channel)?>(nil)
    private let disconnected = CallbackSlot<HFSError>()

    init(
        host: String, port: UInt16, opening: Opening, encoder: RPCRequestEncoder, eventLoop: any EventLoop,
        configuration: RPCClientConfiguration, logger: Logger
    ) {
        self.host = host
        self.port = port
        self.opening = opening
        exchange = Mutex(opening.exchange)
        self.encoder = encoder
        self.eventLoop = eventLoop
        self.configuration = configuration
        self.logger = logger
    }

    var isEnded: Bool {
        state.withLock { if case .ended = $0.phase { true } else { false } }
    }

    var isEstablished: Bool {
        state.withLock { if case .established = $0.phase { true } else { false } }
    }

    /// Connects. `onDisconnect` hears of the end of a connection that had been established, unless `close` ended it.
    func start(onDisconnect: @escaping @Sendable (HFSError) -> Void) {
        disconnected.set(onDisconnect)
        ClientBootstrap(group: eventLoop)
            .connectTimeout(.milliseconds(configuration.connectTimeoutMs))
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelOption(
                .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 4096, initial: 16384, maximum: 1 << 18)
            )
            .channelInitializer { [self] channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = RPCClientHandler(
                        connection: self, frameBytesMax: configuration.frameBytesMax,
                        pingIntervalMs: configuration.pingIntervalMs)
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
            .connect(host: host, port: Int(port))
            .whenComplete { [self] result in
                switch result {
                case .success(let channel): connected(channel)
                case .failure(let error):
                    end(
                        HFSError(
                            .connectionFailed, "Cannot connect to \(host):\(port)", cause: ConnectFailure.text(error)))
                }
            }
    }

    /// Sends one call's frame, which `write` appends, and waits for its answer.
    func call(
        id: Int32, deadline: NIODeadline, write: (inout ByteBuffer) -> Void
    ) async throws(HFSError) -> ByteBuffer {
        let answer: Answer = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Answer, Never>) in
                register(id, continuation, deadline, write)
                // A cancellation before the registration found nothing to end.
                if Task.isCancelled { cancel(id) }
            }
        } onCancel: {
            cancel(id)
        }
        return try answer.get()
    }

    /// Ends the connection and waits until the socket is closed; calls in flight fail with `.cancelled`.
    func close() async {
        let channel = cutOff()
        // A channel that is closed already is what we want.
        try? await channel?.close()
    }

    /// As `close`, waiting for nothing.
    func abandon() { cutOff()?.close(promise: nil) }

    private func cutOff() -> (any Channel)? {
        disconnected.clear()
        end(HFSError(.cancelled, "The connection to \(host):\(port) was closed here"))
        return channel.withLock { $0 }
    }

    // MARK: Calls

    private func register(
        _ id: Int32, _ continuation: CheckedContinuation<Answer, Never>, _ deadline: NIODeadline,
        _ write: (inout ByteBuffer) -> Void
    ) {
        let (refusal, schedules) = state.withLock { state -> (HFSError?, Bool) in
            if case .ended(let error) = state.phase {
                return (HFSError(.connectionFailed, error.message, cause: error.cause), false)
            }
            guard state.pending.count < configuration.callsInFlightMax else {
                return (HFSError(.retriable, "\(state.pending.count) calls are in flight to \(host):\(port)"), false)
            }
            guard state.pending[id] == nil else {
                return (HFSError(.invalidArgument, "Call \(id) to \(host):\(port) is in flight already"), false)
            }
            write(&state.outgoing)
            state.pending[id] = Pending(continuation: continuation, deadline: deadline, order: state.nextOrder)
            state.nextOrder += 1
            let mustSetTimer = state.timerDeadline.map { deadline < $0 } ?? true
            state.earliest = min(state.earliest, deadline)
            let schedules = !state.isFlushScheduled && (mustSetTimer || isWritable(state))
            if schedules { state.isFlushScheduled = true }
            return (nil, schedules)
        }
        if let refusal {
            continuation.resume(returning: .failure(refusal))
        } else if schedules {
            eventLoop.execute { self.flush() }
        }
    }

    private func isWritable(_ state: State) -> Bool {
        if case .established = state.phase { true } else { false }
    }

    private func cancel(_ id: Int32) {
        fail(id, HFSError(.cancelled, "Call \(id) to \(host):\(port) was cancelled"))
    }

    private func fail(_ id: Int32, _ error: HFSError) {
        let pending = state.withLock { $0.pending.removeValue(forKey: id) }
        pending?.continuation.resume(returning: .failure(error))
    }

    // MARK: On the event loop

    /// Hands over a batch of answers; what nobody waits for any more is dropped.
    func complete(_ answers: [(id: Int32, answer: Answer)]) {
        let waiting = state.withLock { state in
            answers.map { state.pending.removeValue(forKey: $0.id)?.continuation }
        }
        for (index, continuation) in waiting.enumerated() { continuation?.resume(returning: answers[index].answer) }
    }

    /// Calls without an answer.
    var pendingCount: Int { state.withLock { $0.pending.count } }

    /// An empty frame that only shows that this side is alive.
    func sendPing() {
        state.withLock { encoder.encodePing(into: &$0.outgoing) }
        flush()
    }

    private func connected(_ channel: any Channel) {
        self.channel.withLock { $0 = channel }
        guard !isEnded else {
            channel.close(promise: nil)
            return
        }
        channel.write(opening.first, promise: nil)
        if exchange.withLock({ $0 == nil }) { establish(channel) } else { channel.flush() }
    }

    /// Goes on with the SASL exchange. Errors end the connection.
    func handle(sasl body: ByteBuffer) throws(HFSError) {
        let message = try MessageCoding.decode(Hadoop_Common_RpcSaslProto.self, from: body)
        let step = try exchange.withLock { exchange throws(HFSError) in try exchange?.handle(message) }
        guard let step, let channel = channel.withLock({ $0 }), !isEstablished else {
            throw HFSError(.connectionLost, "The server sent a SASL message that nobody asked for")
        }
        switch step {
        case .answer(let message):
            var buffer = ByteBuffer()
            try RPCRequestEncoder.encodeSasl(message, into: &buffer)
            channel.writeAndFlush(buffer, promise: nil)
        case .authenticated: establish(channel)
        }
    }

    /// The server knows us, or does not ask: calls may go out.
    private func establish(_ channel: any Channel) {
        let isWanted = state.withLock { state -> Bool in
            guard case .connecting = state.phase else { return false }
            state.phase = .established
            return true
        }
        guard isWanted else {
            channel.close(promise: nil)
            return
        }
        channel.write(opening.context, promise: nil)
        flush()
    }

    /// Writes what has gathered and sets the timer.
    private func flush() {
        guard isEstablished, let channel = channel.withLock({ $0 }) else {
            state.withLock { $0.isFlushScheduled = false }
            setTimer()
            return
        }
        let bytes = state.withLock { state -> ByteBuffer in
            state.isFlushScheduled = false
            state.sent = state.nextOrder
            let bytes = state.outgoing
            state.outgoing = ByteBuffer()
            return bytes
        }
        if bytes.readableBytes > 0 { channel.write(bytes, promise: nil) }
        channel.flush()
        setTimer()
    }

    /// One timer for all calls, set to the earliest deadline.
    private func setTimer() {
        let next = state.withLock { state -> NIODeadline? in
            guard !state.pending.isEmpty, state.earliest < state.timerDeadline ?? .distantFuture else { return nil }
            state.timerDeadline = state.earliest
            return state.earliest
        }
        guard let next else { return }
        eventLoop.scheduleTask(deadline: next) { self.expire(next) }
    }

    private func expire(_ timer: NIODeadline) {
        let now = NIODeadline.now()
        let (late, sent) = state.withLock { state -> ([Pending], UInt64) in
            if state.timerDeadline == timer { state.timerDeadline = nil }
            let ids = state.pending.filter { $0.value.deadline <= now }.keys
            let late = ids.compactMap { state.pending.removeValue(forKey: $0) }
            state.earliest = state.pending.values.lazy.map(\.deadline).min() ?? .distantFuture
            return (late, state.sent)
        }
        for pending in late {
            let error =
                pending.order < sent
                ? HFSError(.timedOut, "No answer from \(host):\(port) in time")
                : HFSError(.connectionFailed, "No connection to \(host):\(port) in time")
            pending.continuation.resume(returning: .failure(error))
        }
        setTimer()
    }

    /// Ends this connection once; all its calls fail: those that went out with `error`, the others as never sent.
    func end(_ error: HFSError) {
        let (wasEstablished, pending, sent) = state.withLock { state -> (Bool, [Pending], UInt64) in
            if case .ended = state.phase { return (false, [], 0) }
            let wasEstablished = isWritable(state)
            state.phase = .ended(error)
            let pending = Array(state.pending.values)
            state.pending = [:]
            state.outgoing = ByteBuffer()
            return (wasEstablished, pending, state.sent)
        }
        let unsent =
            error.code == .connectionLost ? HFSError(.connectionFailed, error.message, cause: error.cause) : error
        for call in pending { call.continuation.resume(returning: .failure(call.order < sent ? error : unsent)) }
        guard wasEstablished else { return }
        logger.info("rpc.client.disconnected", metadata: ["peer": "\(host):\(port)", "reason": "\(error)"])
        disconnected.callOnce(error)
    }
}
