package import Core
package import NIOCore

/// One request frame, taken apart: the headers' values and the bytes of the body.
package struct RPCRequestFrame: Sendable {
    /// Ids below 0 stand for the special frames of `RPCCallID`.
    package var callID: Int32
    /// 16 bytes, chosen by the client; empty in SASL frames.
    package var clientID: [UInt8]
    /// 0 for the first try of a call; -1 where a client does not say.
    package var retryCount: Int32
    /// What the caller says it works on; empty when it says nothing.
    package var callerContext: String
    /// 2 is protocol buffers, the only encoding spoken here.
    package var rpcKind: UInt32
    /// 0 is a whole call, 2 asks to close the connection.
    package var operation: UInt32
    /// Empty in special frames, as are the protocol's name and version.
    package var method: String
    package var protocolName: String
    package var protocolVersion: UInt64
    /// The message without its length; empty in a ping.
    package var body: ByteBuffer

    package static let protocolBufferKind: UInt32 = 2
    package static let closeOperation: UInt32 = 2

    /// The body of the frame with id -3. Throws `.malformedRequest`.
    package func connectionContext() throws(HFSError) -> Hadoop_Common_IpcConnectionContextProto {
        try MessageCoding.decode(Hadoop_Common_IpcConnectionContextProto.self, from: body)
    }

    /// The body of frames with id -33. Throws `.malformedRequest`.
    package func sasl() throws(HFSError) -> Hadoop_Common_RpcSaslProto {
        try MessageCoding.decode(Hadoop_Common_RpcSaslProto.self, from: body)
    }
}
