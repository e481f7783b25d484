package import Core
package import NIOCore

/// Reads the request frames of one connection by hand: both headers without an allocation once its names are known.
///
/// Not thread-safe: belongs to the connection's event loop. Source: Hadoop's RpcHeader and ProtobufRpcEngine messages.
package struct RPCRequestDecoder {
    private var names = RPCTextCache()
    private var contexts = RPCTextCache()
    private var clientID: [UInt8] = []

    package init() {}

    private struct Call {
        var method = ""
        var protocolName = ""
        var version: UInt64 = 0
    }

    private struct Header {
        var callID: Int32 = 0
        var clientID: [UInt8] = []
        var retryCount: Int32 = -1
        var callerContext = ""
        var rpcKind: UInt32 = 0
        var operation: UInt32 = 0
    }

    /// Takes a frame (without its length) apart. Throws `.malformedRequest`; the connection cannot go on then.
    package mutating func decode(_ frame: ByteBuffer) throws(HFSError) -> RPCRequestFrame {
        let (header, call, bodyOffset, bodyLength) = try frame.withWireReader {
            (reader) throws(HFSError) -> (Header, Call, Int, Int) in
            var fields = try Self.headerMessage(&reader)
            let header = try self.header(&fields)
            var call = Call()
            if header.callID >= 0, header.operation == 0 {
                var fields = try Self.headerMessage(&reader)
                call = try self.call(&fields)
            } else if reader.isAtEnd {
                return (header, call, 0, 0)
            }
            let length = try reader.delimited().count
            return (header, call, reader.offset - length, length)
        }
        guard let body = frame.getSlice(at: frame.readerIndex + bodyOffset, length: bodyLength) else {
            throw WireReader.malformed("body outside its frame")
        }
        return RPCRequestFrame(
            callID: header.callID, clientID: header.clientID, retryCount: header.retryCount,
            callerContext: header.callerContext, rpcKind: header.rpcKind, operation: header.operation,
            method: call.method, protocolName: call.protocolName, protocolVersion: call.version, body: body)
    }

    private static func headerMessage(_ reader: inout WireReader) throws(HFSError) -> WireReader {
        let bytes = try reader.delimited()
        guard bytes.count <= Limits.headerMessageBytesMax else {
            throw WireReader.malformed("an RPC header of \(bytes.count) bytes")
        }
        return WireReader(bytes)
    }

    private mutating func header(_ reader: inout WireReader) throws(HFSError) -> Header {
        var header = Header()
        var hasCallID = false
        var hasClientID = false
        while let (number, type) = try reader.nextField() {
            switch (number, type) {
            case (1, .varint): header.rpcKind = try reader.uint32()
            case (2, .varint): header.operation = try reader.uint32()
            case (3, .varint):
                header.callID = try reader.sint32()
                hasCallID = true
            case (4, .lengthDelimited):
                header.clientID = remembered(clientID: try reader.delimited())
                hasClientID = true
            case (5, .varint): header.retryCount = try reader.sint32()
            case (7, .lengthDelimited):
                var context = try reader.message()
                header.callerContext = try callerContext(&context)
            default: try reader.skip(type)
            }
        }
        guard hasCallID, hasClientID else { throw WireReader.missing("callId, clientId") }
        return header
    }

    private mutating func callerContext(_ reader: inout WireReader) throws(HFSError) -> String {
        var text: String?
        while let (number, type) = try reader.nextField() {
            if number == 1, type == .lengthDelimited {
                text = try Self.known(try reader.delimited(), in: &contexts)
            } else {
                try reader.skip(type)
            }
        }
        guard let text else { throw WireReader.missing("context") }
        return text
    }

    private mutating func call(_ reader: inout WireReader) throws(HFSError) -> Call {
        var method: String?
        var protocolName: String?
        var version: UInt64?
        while let (number, type) = try reader.nextField() {
            switch (number, type) {
            case (1, .lengthDelimited): method = try Self.known(try reader.delimited(), in: &names)
            case (2, .lengthDelimited): protocolName = try Self.known(try reader.delimited(), in: &names)
            case (3, .varint): version = try reader.varint()
            default: try reader.skip(type)
            }
        }
        guard let method, let protocolName, let version else {
            throw WireReader.missing("methodName, declaringClassProtocolName, clientProtocolVersion")
        }
        return Call(method: method, protocolName: protocolName, version: version)
    }

    private static func known(_ utf8: UnsafeRawBufferPointer, in cache: inout RPCTextCache) throws(HFSError) -> String {
        guard let text = cache.text(utf8) else { throw WireReader.malformed("a name in an RPC header is not UTF-8") }
        return text
    }

    private mutating func remembered(clientID bytes: UnsafeRawBufferPointer) -> [UInt8] {
        if !RPCTextCache.isEqual(clientID, bytes) { clientID = [UInt8](bytes) }
        return clientID
    }
}
