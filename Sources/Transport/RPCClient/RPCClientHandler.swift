import Core
import NIOCore
import WireProtocol

/// Takes an `RPCClientConnection`'s answers off the wire.
final class RPCClientHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let connection: RPCClientConnection
    private let frameBytesMax: Int
    private let pingInterval: TimeAmount
    private var input = ByteBuffer()
    private var answers: [(id: Int32, answer: RPCClientConnection.Answer)] = []
    private var pingTask: RepeatedTask?
    private var lastHeard = NIODeadline.now()

    init(connection: RPCClientConnection, frameBytesMax: Int, pingIntervalMs: Int64) {
        self.connection = connection
        self.frameBytesMax = frameBytesMax
        self.pingInterval = .milliseconds(max(pingIntervalMs, 10))
    }

    func channelActive(context: ChannelHandlerContext) {
        let loopBound = NIOLoopBound(self, eventLoop: context.eventLoop)
        pingTask = context.eventLoop.scheduleRepeatedTask(initialDelay: pingInterval, delay: pingInterval) { _ in
            loopBound.value.pingIfQuiet()
        }
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var read = unwrapInboundIn(data)
        if input.readableBytes == 0 {
            input = read
        } else {
            input.writeBuffer(&read)
        }
        lastHeard = .now()
        do throws(HFSError) {
            try takeFrames()
        } catch {
            deliver()
            fail(error, context: context)
            return
        }
        deliver()
        keepRest(context.channel.allocator)
    }

    func channelInactive(context: ChannelHandlerContext) {
        pingTask?.cancel()
        connection.end(HFSError(.connectionLost, "The server closed the connection"))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(HFSError(.connectionLost, "The connection broke", cause: "\(error)"), context: context)
    }

    private func takeFrames() throws(HFSError) {
        while let response = try nextResponse() {
            guard let error = response.error else {
                if response.callID == RPCCallID.sasl {
                    try connection.handle(sasl: response.body)
                    continue
                }
                answers.append((response.callID, .success(response.body)))
                continue
            }
            // A fatal answer is about the connection as a whole: every call on it has failed for that reason.
            guard response.status != .fatal else { throw error }
            answers.append((response.callID, .failure(error)))
        }
    }

    /// Nil when more bytes are needed. Bytes that make no sense break the connection: what became of its calls is unknown.
    private func nextResponse() throws(HFSError) -> RPCResponseFrame? {
        do throws(HFSError) {
            guard let frame = try RPCFraming.nextFrame(from: &input, bytesMax: frameBytesMax) else { return nil }
            return try RPCResponseFrame(decoding: frame)
        } catch {
            guard !isHTTP else {
                throw HFSError(.connectionLost, "An HTTP server answers here: this is not the port for calls")
            }
            throw HFSError(.connectionLost, "The server's answer cannot be read", cause: error.description)
        }
    }

    /// Whether the frame that cannot be read is an HTTP server's `400 Bad Request`.
    private var isHTTP: Bool {
        input.getBytes(at: input.readerIndex, length: 4).map { $0.elementsEqual("HTTP".utf8) } ?? false
    }

    private func deliver() {
        guard !answers.isEmpty else { return }
        connection.complete(answers)
        answers.removeAll(keepingCapacity: true)
    }

    /// Answers still point into the bytes read; the begun frame gets a buffer of its own, so that appending to it copies
    /// only what is its own.
    private func keepRest(_ allocator: ByteBufferAllocator) {
        guard input.readableBytes > 0 else {
            input = ByteBuffer()
            return
        }
        guard input.readerIndex > 0 else { return }
        var rest = allocator.buffer(capacity: input.readableBytes + 4096)
        rest.writeBuffer(&input)
        input = rest
    }

    private func fail(_ error: HFSError, context: ChannelHandlerContext) {
        connection.end(error)
        context.close(promise: nil)
    }

    private func pingIfQuiet() {
        guard connection.pendingCount > 0, NIODeadline.now() - lastHeard >= pingInterval else { return }
        connection.sendPing()
    }
}
