import Core
import Logging
import NIOCore
import WireProtocol

/// One accepted connection: bytes to `RPCSession`, its calls to the services, their answers back. Lives on its event loop.
///
/// Reading stops while the bound of unanswered calls is reached or the peer does not take its answers, and goes on where it
/// stopped.
final class RPCConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Asks a connection to take no more calls and to end when the running ones are answered.
    struct Drain: Sendable {}

    /// Answers above this are flushed in the middle of a batch of requests.
    private static let flushBytes = 256 << 10

    private let id: RPCConnectionID
    private let shared: RPCServerShared
    private var session: RPCSession
    private var input = ByteBuffer()
    private var outbox: RPCOutbox?
    private var peer: RPCPeer?
    private var context: ChannelHandlerContext?
    private var watchdog: RepeatedTask?

    private var inFlight = 0
    /// Bytes given to the channel that the socket has not taken.
    private var unsentBytes = 0
    private var isBusy = false
    private var isPaused = false
    private var isReadHeld = false
    private var isDraining = false
    private var isEnding = false
    private let openedAt = NIODeadline.now()
    private var lastRead = NIODeadline.now()
    private var lastWritten = NIODeadline.now()

    init(id: RPCConnectionID, shared: RPCServerShared) {
        self.id = id
        self.shared = shared
        session = RPCSession(
            methods: shared.methods, frameBytesMax: shared.configuration.frameBytesMax,
            authenticator: shared.authenticator)
    }

    // MARK: Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        outbox = RPCOutbox(eventLoop: context.eventLoop, figures: shared.figures, wakes: shared.wakes) {
            bound.value.flush()
        }
        let configuration = shared.configuration
        let period = min(max(min(configuration.handshakeMs, configuration.stallMs) / 4, 20), 15_000)
        watchdog = context.eventLoop.scheduleRepeatedTask(
            initialDelay: .milliseconds(period), delay: .milliseconds(period)
        ) { _ in bound.value.watch() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        cleanUp()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { cleanUp() }

    private func cleanUp() {
        guard let outbox else { return }
        if input.readableBytes > 0, !isEnding { log(.info, "rpc.connection.truncated", "ended inside a frame") }
        watchdog?.cancel()
        outbox.close()
        self.outbox = nil
        context = nil
        input = ByteBuffer()
        isEnding = true
        if let peer {
            peer.close()
            shared.methods.entries.forEach { $0.service.connectionClosed(peer.id) }
        }
        shared.remove(id)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var read = unwrapInboundIn(data)
        shared.figures.receivedBytes.add(UInt64(read.readableBytes))
        lastRead = .now()
        guard !isEnding else { return }
        if input.readableBytes == 0 {
            input = read
        } else {
            input.writeBuffer(&read)
        }
        process()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        flush()
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        if isPaused, !isEnding {
            isReadHeld = true
        } else {
            context.read()
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { resume() }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is Drain {
            isDraining = true
            endIfDrained()
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end("connection error: \(error)")
    }

    // MARK: Requests

    private func process() {
        guard !isBusy, let outbox else { return }
        isBusy = true
        outbox.beginBatch()
        shared.calls?.burstBegins()
        loop: while !isEnding {
            if inFlight >= shared.configuration.callsInFlightMax || outbox.waitingBytes > Self.flushBytes {
                write(outbox.take(batchGoesOn: true))
            }
            guard inFlight < shared.configuration.callsInFlightMax, context?.channel.isWritable ?? false else {
                isPaused = true
                break
            }
            switch session.next(&input) {
            case .needMore: break loop
            case .ignored: continue
            case .opened(let identity): open(identity)
            case .call(let request, let entry, let methodIndex): dispatch(request, entry, methodIndex, outbox)
            case .answer(let bytes):
                shared.figures.errors.add()
                outbox.append(bytes)
            case .close(let bytes, let reason):
                if let bytes { outbox.append(bytes) }
                end(reason)
            }
        }
        shared.calls?.burstEnds()
        isBusy = false
        keepRest()
    }

    private func open(_ identity: RPCIdentity) {
        let address = context?.remoteAddress
        peer = RPCPeer(
            id: id, user: identity.user, address: address?.ipAddress ?? "", port: UInt16(clamping: address?.port ?? 0),
            token: identity.token, run: identity.run)
        log(.debug, "rpc.connection.opened", "context received")
    }

    private func dispatch(_ request: RPCRequestFrame, _ entry: Int, _ methodIndex: Int, _ outbox: RPCOutbox) {
        guard let peer else { return end("call before the context") }
        let target = shared.methods.entries[entry]
        target.count(methodIndex)
        inFlight += 1
        let call = RPCCall(
            method: request.method, methodIndex: methodIndex, body: request.body, clientID: request.clientID,
            callID: request.callID, retryCount: request.retryCount, callerContext: request.callerContext,
            connection: peer, receivedAt: lastRead, replies: outbox)
        guard !isDraining else {
            call.fail(HFSError(.standby, "The server is stopping"))
            return
        }
        target.service.handle(call)
    }

    /// Calls may still point into the bytes read; what is left of a begun frame gets a buffer of its own, so that appending
    /// to it copies no more than that.
    private func keepRest() {
        guard input.readableBytes > 0 else {
            input = ByteBuffer()
            return
        }
        guard input.readerIndex > 0, !isPaused else { return }
        var rest = ByteBufferAllocator().buffer(capacity: input.readableBytes + 4096)
        rest.writeBuffer(&input)
        input = rest
    }

    // MARK: Answers

    /// Sends what has gathered, then goes on with requests that had to wait for it.
    private func flush() {
        guard let outbox, !isBusy else { return }
        write(outbox.take())
        resume()
        endIfDrained()
    }

    private func resume() {
        guard isPaused, !isEnding, let context, context.channel.isWritable,
            inFlight < shared.configuration.callsInFlightMax
        else { return }
        isPaused = false
        process()
        if let outbox, !isBusy { write(outbox.take()) }
        guard !isPaused, isReadHeld else { return }
        isReadHeld = false
        context.read()
    }

    private func write(_ batch: RPCOutbox.Batch) {
        inFlight -= batch.answeredCount
        let count = batch.bytes.readableBytes
        guard count > 0, let context else { return }
        guard unsentBytes + count <= shared.configuration.outboundBytesMax else {
            end("peer does not take its answers: \(unsentBytes + count) bytes wait")
            return
        }
        if unsentBytes == 0 { lastWritten = .now() }
        unsentBytes += count
        shared.figures.sentBytes.add(UInt64(count))
        let promise = context.eventLoop.makePromise(of: Void.self)
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        promise.futureResult.whenComplete { _ in bound.value.sent(count) }
        context.writeAndFlush(wrapOutboundOut(batch.bytes), promise: promise)
    }

    private func sent(_ count: Int) {
        unsentBytes -= count
        lastWritten = .now()
        endIfDrained()
    }

    // MARK: The end

    private func watch() {
        let now = NIODeadline.now()
        let stall = TimeAmount.milliseconds(shared.configuration.stallMs)
        if peer == nil, now - openedAt > .milliseconds(shared.configuration.handshakeMs) {
            end("no connection context in \(shared.configuration.handshakeMs) ms")
        } else if input.readableBytes > 0, !isPaused, now - lastRead > stall {
            end("a frame has begun and does not go on")
        } else if unsentBytes > 0, now - lastWritten > stall {
            end("peer takes no answers")
        }
    }

    /// While stopping: closes once every call is answered and every answer sent. The direction out first, so that a request
    /// on its way does not make the system throw the last answers away.
    private func endIfDrained() {
        guard isDraining, !isEnding, !isBusy, inFlight == 0, unsentBytes == 0, let context else { return }
        isEnding = true
        discardInput()
        let channel = context.channel
        channel.eventLoop.scheduleTask(in: .milliseconds(100)) { channel.close(promise: nil) }
        channel.close(mode: .output, promise: nil)
    }

    private func end(_ reason: String) {
        guard !isEnding else { return }
        isEnding = true
        log(.info, "rpc.connection.closed", reason)
        guard let context, let outbox else { return }
        discardInput()
        let channel = context.channel
        let last = outbox.take().bytes
        outbox.close()
        guard last.readableBytes > 0, unsentBytes + last.readableBytes <= shared.configuration.outboundBytesMax else {
            channel.close(promise: nil)
            return
        }
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.whenComplete { _ in channel.close(mode: .output, promise: nil) }
        channel.eventLoop.scheduleTask(in: .milliseconds(500)) { channel.close(promise: nil) }
        context.writeAndFlush(wrapOutboundOut(last), promise: promise)
    }

    /// What still comes is read and thrown away: closing with bytes unread would take the last answers back.
    private func discardInput() {
        input = ByteBuffer()
        guard isReadHeld else { return }
        isReadHeld = false
        context?.read()
    }

    private func log(_ level: Logger.Level, _ event: Logger.Message, _ reason: String) {
        let address = context?.remoteAddress.map { "\($0)" } ?? peer?.address ?? "unknown"
        shared.logger.log(
            level: level, event,
            metadata: [
                "connection": "\(id)", "peer": "\(address)", "user": "\(peer?.user ?? "")", "reason": "\(reason)",
            ])
    }
}
