package import Core
internal import NIOCore
internal import WireProtocol

/// The SASL exchange with a delegation token as bytes, for clients with sockets of their own.
package struct TokenLogin {
    private var exchange: SaslClient

    package init(token: DelegationToken) {
        exchange = SaslClient(token: token, clientNonce: SaslServer.freshNonce())
    }

    /// What a connection begins with.
    package func opening() throws(HFSError) -> [UInt8] {
        RPCPreface.bytes(.sasl) + (try Self.frame(RPCSasl.negotiate))
    }

    /// The frame to answer the server's message with (a `RpcSaslProto`); nil when both sides know the password: the connection
    /// context may follow, naming no user. Errors as `SaslClient.handle`.
    package mutating func answer(_ message: UnsafeRawBufferPointer) throws(HFSError) -> [UInt8]? {
        switch try exchange.handle(try MessageCoding.decode(Hadoop_Common_RpcSaslProto.self, from: message)) {
        case .answer(let answer): try Self.frame(answer)
        case .authenticated: nil
        }
    }

    private static func frame(_ message: Hadoop_Common_RpcSaslProto) throws(HFSError) -> [UInt8] {
        var buffer = ByteBuffer()
        try RPCRequestEncoder.encodeSasl(message, into: &buffer)
        return Array(buffer.readableBytesView)
    }
}
