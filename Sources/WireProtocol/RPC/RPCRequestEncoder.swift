package import Core
package import NIOCore
package import SwiftProtobuf

/// Writes the request frames of one connection. A value: may be copied and used on any thread.
package struct RPCRequestEncoder: Sendable {
    package let clientID: [UInt8]
    package let protocolName: String
    package let protocolVersion: UInt64
    package let callerContext: String

    /// `clientID` has 16 bytes; `callerContext` is left out when empty.
    package init(clientID: [UInt8], protocolName: String, protocolVersion: UInt64 = 1, callerContext: String = "") {
        precondition(clientID.count == 16, "a client id has 16 bytes")
        self.clientID = clientID
        self.protocolName = protocolName
        self.protocolVersion = protocolVersion
        self.callerContext = callerContext
    }

    /// Appends the frame of a call. `callID` counts from 0; `retryCount` is 0 for the first try; `protocolName` names another
    /// protocol of the same server.
    package func encode(
        callID: Int32, retryCount: Int32, method: String, of protocolName: String? = nil, body: some WireEncodable,
        into buffer: inout ByteBuffer
    ) {
        encode(
            callID: callID, retryCount: retryCount, method: method, of: protocolName, bodySize: body.encodedSize,
            into: &buffer
        ) {
            body.encode(to: &$0)
        }
    }

    /// As above for a generated message. Throws `.malformedRequest` when it lacks a required field.
    package func encode(
        callID: Int32, retryCount: Int32, method: String, message: some Message, into buffer: inout ByteBuffer
    ) throws(HFSError) {
        let bytes = try MessageCoding.encode(message)
        encode(
            callID: callID, retryCount: retryCount, method: method, of: nil, bodySize: bytes.count, into: &buffer
        ) { writer in
            bytes.withUnsafeBytes { writer.raw($0) }
        }
    }

    private func encode(
        callID: Int32, retryCount: Int32, method: String, of other: String?, bodySize: Int,
        into buffer: inout ByteBuffer, body: (inout WireWriter) -> Void
    ) {
        let header = Header(
            callID: callID, clientID: clientID, retryCount: retryCount, callerContext: callerContext)
        let request = CallHeader(method: method, protocolName: other ?? protocolName, version: protocolVersion)
        let size = header.delimitedSize + request.delimitedSize + WireSize.varint(UInt64(bodySize)) + bodySize
        Self.frame(size, into: &buffer) { writer in
            writer.varint(UInt64(header.encodedSize))
            header.encode(to: &writer)
            writer.varint(UInt64(request.encodedSize))
            request.encode(to: &writer)
            writer.varint(UInt64(bodySize))
            body(&writer)
        }
    }

    /// Appends the frame that says who calls: the first one, or the first after a SASL exchange.
    package func encodeContext(user: String, into buffer: inout ByteBuffer) throws(HFSError) {
        var context = Hadoop_Common_IpcConnectionContextProto()
        context.userInfo = .init()
        if !user.isEmpty { context.userInfo.effectiveUser = user }
        context.protocol = protocolName
        let header = Header(
            callID: RPCCallID.connectionContext, clientID: clientID, retryCount: -1, callerContext: callerContext)
        try Self.special(header, context, into: &buffer)
    }

    /// Appends a SASL message.
    package static func encodeSasl(
        _ message: Hadoop_Common_RpcSaslProto, into buffer: inout ByteBuffer
    ) throws(HFSError) {
        try special(
            Header(callID: RPCCallID.sasl, clientID: [], retryCount: -1, callerContext: ""), message, into: &buffer)
    }

    /// Appends a ping: a header and nothing else.
    package func encodePing(into buffer: inout ByteBuffer) {
        let header = Header(callID: RPCCallID.ping, clientID: clientID, retryCount: -1, callerContext: "")
        Self.frame(header.delimitedSize, into: &buffer) { writer in
            writer.varint(UInt64(header.encodedSize))
            header.encode(to: &writer)
        }
    }

    private static func special(
        _ header: Header, _ message: some Message, into buffer: inout ByteBuffer
    ) throws(HFSError) {
        let bytes = try MessageCoding.encode(message)
        let size = header.delimitedSize + WireSize.varint(UInt64(bytes.count)) + bytes.count
        frame(size, into: &buffer) { writer in
            writer.varint(UInt64(header.encodedSize))
            header.encode(to: &writer)
            writer.varint(UInt64(bytes.count))
            bytes.withUnsafeBytes { writer.raw($0) }
        }
    }

    private static func frame(_ size: Int, into buffer: inout ByteBuffer, _ fill: (inout WireWriter) -> Void) {
        buffer.writeInteger(UInt32(size))
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: size) { memory in
            var writer = WireWriter(UnsafeMutableRawBufferPointer(rebasing: memory[..<size]))
            fill(&writer)
            precondition(writer.offset == size, "RPC frame shorter than computed")
            return size
        }
    }
}

extension RPCRequestEncoder {
    /// RpcRequestHeaderProto.
    private struct Header: WireEncodable {
        let callID: Int32
        let clientID: [UInt8]
        let retryCount: Int32
        let callerContext: String

        var delimitedSize: Int { WireSize.varint(UInt64(encodedSize)) + encodedSize }
        private var contextSize: Int { WireSize.string(1, callerContext) }

        var encodedSize: Int {
            var size = 4 + WireSize.uint(3, WireWriter.zigzag(Int64(callID)))
            size += WireSize.delimited(4, clientID.count) + WireSize.uint(5, WireWriter.zigzag(Int64(retryCount)))
            if !callerContext.isEmpty { size += WireSize.delimited(7, contextSize) }
            return size
        }

        func encode(to writer: inout WireWriter) {
            writer.uint(1, UInt64(RPCRequestFrame.protocolBufferKind))
            writer.uint(2, 0)
            writer.sint(3, Int64(callID))
            writer.byteArray(4, clientID)
            writer.sint(5, Int64(retryCount))
            if !callerContext.isEmpty {
                writer.header(7, count: contextSize)
                writer.string(1, callerContext)
            }
        }
    }

    /// RequestHeaderProto.
    private struct CallHeader: WireEncodable {
        let method: String
        let protocolName: String
        let version: UInt64

        var delimitedSize: Int { WireSize.varint(UInt64(encodedSize)) + encodedSize }

        var encodedSize: Int {
            WireSize.string(1, method) + WireSize.string(2, protocolName) + WireSize.uint(3, version)
        }

        func encode(to writer: inout WireWriter) {
            writer.string(1, method)
            writer.string(2, protocolName)
            writer.uint(3, version)
        }
    }
}
