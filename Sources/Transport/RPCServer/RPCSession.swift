import Core
import NIOCore
import WireProtocol

/// The server's side of one connection's protocol, without sockets, clocks or logs: preface, SASL negotiation, context,
/// calls (hdfs-wire section 1). Bytes go in, one step at a time comes out.
struct RPCSession {
    /// What the bytes so far ask for.
    enum Step {
        /// Nothing until more bytes come.
        case needMore
        /// A frame that asks for nothing.
        case ignored
        /// The context has arrived: calls follow.
        case opened(RPCIdentity)
        /// A call to a method that exists: entry in the table, index among its methods.
        case call(RPCRequestFrame, entry: Int, methodIndex: Int)
        /// Send these bytes and go on.
        case answer(ByteBuffer)
        /// Send these bytes, when there are any, then close.
        case close(ByteBuffer?, reason: String)
    }

    enum Phase: Hashable {
        case preface
        case sasl
        case context
        case open
        case closed
    }

    private(set) var phase = Phase.preface
    private let methods: RPCMethodTable
    private let frameBytesMax: Int
    private let authenticator: (any RPCAuthenticator)?
    /// nil until the preface has asked for it.
    private var sasl: SaslServer?
    private let nonce: String?
    /// Whom a token has proved; nil until then.
    private var proved: RPCIdentity?
    private var decoder = RPCRequestDecoder()

    /// Bytes of a user name; far above what any system gives out.
    static let userBytesMax = 256
    /// Before the context has come nobody has a reason to send more in one frame.
    static let handshakeFrameBytesMax = 64 << 10

    /// - Parameters:
    ///   - authenticator: nil believes every user name and takes no tokens.
    ///   - nonce: for the challenge; nil chooses one.
    init(
        methods: RPCMethodTable, frameBytesMax: Int, authenticator: (any RPCAuthenticator)? = nil,
        nonce: String? = nil
    ) {
        self.methods = methods
        self.frameBytesMax = frameBytesMax
        self.authenticator = authenticator
        self.nonce = nonce
    }

    /// Takes the next step's bytes off `input`.
    mutating func next(_ input: inout ByteBuffer) -> Step {
        switch phase {
        case .closed: return .needMore
        case .preface: return preface(&input)
        case .sasl, .context, .open: break
        }
        do throws(HFSError) {
            let limit = phase == .open ? frameBytesMax : min(frameBytesMax, Self.handshakeFrameBytesMax)
            guard let frame = try RPCFraming.nextFrame(from: &input, bytesMax: limit) else { return .needMore }
            let request = try decoder.decode(frame)
            return phase == .open ? open(request) : handshake(request)
        } catch {
            // Without a readable header there is no call to answer; HDFS answers such a connection with id -1.
            return refuse(.noCall, error, "malformed frame: \(error)")
        }
    }

    // MARK: Before the first call

    private mutating func preface(_ input: inout ByteBuffer) -> Step {
        switch RPCPreface.parse(&input) {
        case .incomplete: return .needMore
        case .accepted(.simple):
            phase = .context
            return .ignored
        case .accepted(.sasl):
            phase = .sasl
            sasl = SaslServer(authenticator: authenticator, nonce: nonce ?? SaslServer.freshNonce())
            return .ignored
        case .http:
            phase = .closed
            return .close(ByteBuffer(string: RPCPreface.httpAnswer), reason: "HTTP request on the RPC port")
        case .versionMismatch(let version):
            let text = "Server IPC version \(RPCPreface.version) cannot communicate with client version \(version)"
            return refuse(.noCall, HFSError(.versionMismatch, text), "RPC version \(version)")
        case .unknownAuthentication(let method):
            phase = .closed
            return .close(nil, reason: "unknown authentication \(method)")
        case .garbage:
            phase = .closed
            return .close(nil, reason: "not Hadoop RPC")
        }
    }

    private mutating func handshake(_ request: RPCRequestFrame) -> Step {
        let answerTo = Self.encoder(of: request)
        switch (request.callID, phase) {
        case (RPCCallID.ping, _): return .ignored
        case (RPCCallID.sasl, .sasl):
            do throws(HFSError) {
                return sasl(try request.sasl())
            } catch {
                return refuse(.sasl, error, "malformed SASL message: \(error)")
            }
        case (RPCCallID.sasl, _):
            return refuse(
                answerTo, HFSError(.malformedRequest, "SASL protocol not requested by client"), "SASL unasked")
        case (RPCCallID.connectionContext, .context):
            do throws(HFSError) {
                return context(try request.connectionContext(), answerTo)
            } catch {
                return refuse(answerTo, error, "malformed connection context: \(error)")
            }
        default:
            let text = phase == .sasl ? "Connection must be authenticated first" : "Connection context not found"
            return refuse(answerTo, HFSError(.malformedRequest, text), "call \(request.callID) before its time")
        }
    }

    private mutating func sasl(_ message: Hadoop_Common_RpcSaslProto) -> Step {
        switch sasl?.handle(message) {
        case nil: return refuse(.sasl, HFSError(.malformedRequest, "SASL protocol not requested"), "SASL unasked")
        case .answer(let answer): return saslAnswer(answer)
        case .simple:
            phase = .context
            return .ignored
        case .authenticated(let identity, let answer):
            proved = identity
            phase = .context
            return saslAnswer(answer)
        case .refused(let error): return refuse(.sasl, error, "authentication refused: \(error.message)")
        }
    }

    private mutating func saslAnswer(_ message: Hadoop_Common_RpcSaslProto) -> Step {
        var buffer = ByteBuffer()
        do throws(HFSError) {
            try RPCResponseEncoder.sasl.encode(message: message, into: &buffer)
            return .answer(buffer)
        } catch {
            return refuse(.sasl, error, "cannot encode a SASL message")
        }
    }

    private mutating func context(
        _ context: Hadoop_Common_IpcConnectionContextProto, _ answerTo: RPCResponseEncoder
    ) -> Step {
        if let proved {
            phase = .open
            return .opened(proved)
        }
        let user = context.userInfo.effectiveUser
        guard !user.isEmpty, user.utf8.count <= Self.userBytesMax, !user.utf8.contains(where: { $0 < 0x20 }) else {
            let error = HFSError(.accessDenied, "The connection context names no usable user")
            return refuse(answerTo, error, "no user in the context")
        }
        let realUser = context.userInfo.hasRealUser ? context.userInfo.realUser : user
        guard realUser == user || realUser.isEmpty else {
            let error = HFSError(.authorizationFailed, "User: \(realUser) is not allowed to impersonate \(user)")
            return refuse(answerTo, error, "impersonation refused")
        }
        do throws(HFSError) {
            let identity = try authenticator?.identity(simpleUser: user) ?? RPCIdentity(user: user)
            phase = .open
            return .opened(identity)
        } catch {
            return refuse(answerTo, error, error.message)
        }
    }

    // MARK: Calls

    private mutating func open(_ request: RPCRequestFrame) -> Step {
        guard request.callID >= 0 else {
            if request.callID == RPCCallID.ping { return .ignored }
            let text = "Unexpected frame \(request.callID) on an open connection"
            return refuse(Self.encoder(of: request), HFSError(.malformedRequest, text), text)
        }
        if request.operation == RPCRequestFrame.closeOperation {
            phase = .closed
            return .close(nil, reason: "closed by the client")
        }
        guard request.rpcKind == RPCRequestFrame.protocolBufferKind, request.operation == 0 else {
            let text = "Unknown rpc kind \(request.rpcKind) or operation \(request.operation)"
            return refuse(Self.encoder(of: request), HFSError(.malformedRequest, text), text)
        }
        let resolution = methods.resolve(
            protocolName: request.protocolName, version: request.protocolVersion, method: request.method)
        switch resolution {
        case .method(let entry, let index): return .call(request, entry: entry, methodIndex: index)
        case .unknownProtocol:
            return error(request, HFSError(.noSuchProtocol, "Unknown protocol: \(request.protocolName)"))
        case .otherVersion(let served):
            let text =
                "Protocol \(request.protocolName) version mismatch. "
                + "(client = \(request.protocolVersion), server = \(served))"
            return error(request, HFSError(.versionMismatch, text))
        case .unknownMethod:
            let text = "Unknown method \(request.method) called on \(request.protocolName) protocol."
            return error(request, HFSError(.noSuchMethod, text))
        }
    }

    /// An answer after which the connection goes on.
    private func error(_ request: RPCRequestFrame, _ error: HFSError) -> Step {
        var buffer = ByteBuffer()
        Self.encoder(of: request).encode(error: error, into: &buffer)
        return .answer(buffer)
    }

    /// A fatal answer, then the end.
    private mutating func refuse(_ encoder: RPCResponseEncoder, _ error: HFSError, _ reason: String) -> Step {
        phase = .closed
        var buffer = ByteBuffer()
        encoder.encode(error: error, isFatal: true, into: &buffer)
        return .close(buffer, reason: reason)
    }

    private static func encoder(of request: RPCRequestFrame) -> RPCResponseEncoder {
        RPCResponseEncoder(callID: request.callID, clientID: request.clientID, retryCount: request.retryCount)
    }
}
