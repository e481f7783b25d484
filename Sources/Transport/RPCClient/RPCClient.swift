package import Core
package import Logging
package import NIOCore
package import SwiftProtobuf
import Synchronization
package import WireProtocol

/// Calls one Hadoop protocol of one server as one user. All calls share one connection, which is made when the first call
/// needs it and made again after it broke.
///
/// Thread-safe. Calls are answered in any order. Each is cancellable and ends by its deadline at the latest.
package final class RPCClient: Sendable {
    private enum State {
        case idle
        case open(RPCClientConnection, number: UInt64)
        case closed
    }

    package let host: String
    package let port: UInt16
    package let user: String
    package let protocolName: String
    package let clientID: [UInt8]
    /// Where the ids of calls come from; clients that stand in for one another at failover share it and the client id.
    package let callIDs: RPCCallIDSequence

    private let configuration: RPCClientConfiguration
    private let eventLoop: any EventLoop
    private let logger: Logger
    private let encoder: RPCRequestEncoder
    private let state = Mutex<State>(.idle)
    private let disconnectHandler = CallbackSlot<HFSError>()

    /// - Parameters:
    ///   - user: presented by SIMPLE authentication; with a token its owner counts.
    ///   - clientID: 16 bytes; random when nil.
    ///   - group: gives the one event loop that the client lives on; it must outlive the client.
    package init(
        host: String, port: UInt16, user: String, protocolName: String, clientID: [UInt8]? = nil,
        callIDs: RPCCallIDSequence = RPCCallIDSequence(), group: any EventLoopGroup, logger: Logger,
        configuration: RPCClientConfiguration = RPCClientConfiguration()
    ) {
        let clientID = clientID ?? RPCCallIDSequence.randomClientID()
        precondition(clientID.count == 16, "a client id has 16 bytes")
        self.host = host
        self.port = port
        self.user = user
        self.protocolName = protocolName
        self.clientID = clientID
        self.callIDs = callIDs
        self.configuration = configuration
        self.eventLoop = group.next()
        self.logger = logger
        self.encoder = RPCRequestEncoder(
            clientID: clientID, protocolName: protocolName, protocolVersion: 1,
            callerContext: configuration.callerContext)
    }

    deinit {
        if case .open(let connection, _) = state.withLock({ $0 }) { connection.abandon() }
    }

    /// Sends one request and gives its answer.
    /// - Parameters:
    ///   - deadlineMs: for the whole call, its repetitions included.
    ///   - callID: of an earlier client's attempt, to repeat that very call; nil takes a new one.
    ///   - retryCount: sends of this call that went before.
    ///   - protocolName: another protocol that the same server offers.
    ///   - connection: the only one that it may go over (``connect()``); nil: any.
    /// - Throws: `.connectionFailed` (not sent, also for want of time, or of that connection), `.connectionLost` (sent, outcome unknown), `.timedOut` and `.cancelled`
    ///   (outcome unknown), `.retriable` when too many calls are in flight here, and what the server answered.
    package func call<Q: Message, A: Message>(
        _ method: String, _ request: Q, returning: A.Type = A.self, deadlineMs: Int64, retries: RPCRetryPolicy = .none,
        callID: Int32? = nil, retryCount: Int32 = 0, of protocolName: String? = nil, over connection: UInt64? = nil
    ) async throws(HFSError) -> A {
        let body = EncodedBody(bytes: try MessageCoding.encode(request))
        let answer = try await call(
            method, body: body, deadlineMs: deadlineMs, retries: retries, callID: callID, retryCount: retryCount,
            of: protocolName, over: connection)
        return try MessageCoding.decode(A.self, from: answer)
    }

    /// A request that is encoded once, however often it is sent.
    private struct EncodedBody: WireEncodable {
        let bytes: [UInt8]

        var encodedSize: Int { bytes.count }
        func encode(to writer: inout WireWriter) { bytes.withUnsafeBytes { writer.raw($0) } }
    }

    /// As the other `call`, with a request that encodes itself, giving the answer's bytes without length prefix.
    package func call(
        _ method: String, body: some WireEncodable & Sendable, deadlineMs: Int64, retries: RPCRetryPolicy = .none,
        callID: Int32? = nil, retryCount: Int32 = 0, of protocolName: String? = nil, over number: UInt64? = nil
    ) async throws(HFSError) -> ByteBuffer {
        let callID = callID ?? callIDs.next()
        let deadline = NIODeadline.now() + .milliseconds(max(deadlineMs, 1))
        var attempt = 1
        var count = retryCount
        while true {
            do throws(HFSError) {
                return try await connection(number).call(id: callID, deadline: deadline) { [encoder] buffer in
                    encoder.encode(
                        callID: callID, retryCount: count, method: method, of: protocolName, body: body, into: &buffer)
                }
            } catch {
                guard retries.repeats(error, attempt: attempt) else { throw error }
                let delayMs = retries.delay(afterAttempt: attempt)
                guard NIODeadline.now() + .milliseconds(delayMs) < deadline else { throw error }
                try await EventLoopDelay.wait(ms: delayMs, on: eventLoop)
                attempt += 1
                count += 1
            }
        }
    }

    /// Called after each break of a connection that had been established, with the reason; not after `close()`.
    /// Runs on the client's event loop and must not block.
    package func onDisconnect(_ handler: @escaping @Sendable (HFSError) -> Void) {
        disconnectHandler.set(handler)
    }

    /// The number of the connection while it is established, else nil.
    package var established: UInt64? {
        state.withLock { state in
            if case .open(let connection, let number) = state, connection.isEstablished { number } else { nil }
        }
    }

    /// The number of the connection that calls go over now; it is made if there is none. Errors: `.cancelled` after `close()`.
    package func connect() throws(HFSError) -> UInt64 { try current().number }

    /// Ends the connection: calls in flight fail with `.cancelled`, later ones too.
    package func close() async {
        let open = state.withLock { state -> RPCClientConnection? in
            defer { state = .closed }
            guard case .open(let connection, _) = state else { return nil }
            return connection
        }
        await open?.close()
    }

    private func opening() throws(HFSError) -> RPCClientConnection.Opening {
        var opening = RPCClientConnection.Opening()
        if let token = configuration.token {
            opening.first.writeBytes(RPCPreface.bytes(.sasl))
            try RPCRequestEncoder.encodeSasl(RPCSasl.negotiate, into: &opening.first)
            try encoder.encodeContext(user: "", into: &opening.context)
            opening.exchange = SaslClient(token: token, clientNonce: SaslServer.freshNonce())
        } else {
            opening.first.writeBytes(RPCPreface.bytes(.simple))
            try encoder.encodeContext(user: user, into: &opening.context)
        }
        return opening
    }

    private func connection(_ expected: UInt64?) throws(HFSError) -> RPCClientConnection {
        guard let expected else { return try current().connection }
        let connection = state.withLock { state -> RPCClientConnection? in
            if case .open(let connection, let number) = state, number == expected { connection } else { nil }
        }
        guard let connection else {
            throw HFSError(.connectionFailed, "The connection to \(host):\(port) is not the one of before")
        }
        return connection
    }

    private func current() throws(HFSError) -> (connection: RPCClientConnection, number: UInt64) {
        let (connection, number, isNew) = try state.withLock {
            state throws(HFSError) -> (RPCClientConnection, UInt64, Bool) in
            var number: UInt64 = 0
            switch state {
            case .closed: throw HFSError(.cancelled, "The client of \(host):\(port) is closed")
            case .open(let connection, let number) where !connection.isEnded: return (connection, number, false)
            case .open(_, let before):
                number = before + 1
                fallthrough
            case .idle:
                let made = RPCClientConnection(
                    host: host, port: port, opening: try opening(), encoder: encoder, eventLoop: eventLoop,
                    configuration: configuration, logger: logger)
                state = .open(made, number: number)
                return (made, number, true)
            }
        }
        if isNew {
            connection.start { [weak self] error in self?.disconnectHandler.call(error) }
        }
        return (connection, number)
    }
}
