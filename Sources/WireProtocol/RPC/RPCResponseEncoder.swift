package import Core
package import NIOCore
package import SwiftProtobuf

/// Writes the response frame of one request. A value: may be used on any thread, once.
package struct RPCResponseEncoder: Sendable {
    /// The request's, echoed.
    package let callID: Int32
    package let clientID: [UInt8]
    package let retryCount: Int32

    package init(callID: Int32, clientID: [UInt8], retryCount: Int32) {
        self.callID = callID
        self.clientID = clientID
        self.retryCount = retryCount
    }

    /// The answer to SASL frames, and to connections that never got as far as a call.
    package static let sasl = RPCResponseEncoder(callID: RPCCallID.sasl, clientID: [], retryCount: -1)
    package static let noCall = RPCResponseEncoder(callID: -1, clientID: [], retryCount: -1)

    private var success: Header { Header(callID: callID, status: 0, clientID: clientID, retryCount: retryCount) }

    /// Appends an answer that writes itself.
    package func encode(_ body: some WireEncodable, into buffer: inout ByteBuffer) {
        let size = body.encodedSize
        Self.frame(success, bodySize: size, into: &buffer) { body.encode(to: &$0) }
    }

    /// Appends an answer whose message is already in bytes; empty for a void one.
    package func encode(bytes: [UInt8], into buffer: inout ByteBuffer) {
        Self.frame(success, bodySize: bytes.count, into: &buffer) { writer in
            bytes.withUnsafeBytes { writer.raw($0) }
        }
    }

    /// Appends an answer. Throws `.malformedRequest`, with nothing appended, when it lacks a required field.
    package func encode(message: some Message, into buffer: inout ByteBuffer) throws(HFSError) {
        encode(bytes: try MessageCoding.encode(message), into: &buffer)
    }

    /// Appends an answer whose message `fill` appends, without a length before it.
    package func encode(into buffer: inout ByteBuffer, _ fill: (inout ByteBuffer) -> Void) {
        let start = buffer.writerIndex
        Self.frame(success, bodySize: 0, into: &buffer) { _ in }
        let bodyStart = buffer.writerIndex
        fill(&buffer)
        let bodySize = buffer.writerIndex - bodyStart
        // The body's length was written as one zero byte: make room when it needs more.
        let spare = WireSize.varint(UInt64(bodySize)) - 1
        if spare > 0 {
            buffer.writeRepeatingByte(0, count: spare)
            let bodyOffset = bodyStart - buffer.readerIndex
            buffer.withUnsafeMutableReadableBytes { memory in
                guard let base = memory.baseAddress else { return }
                let from = base + bodyOffset
                (from + spare).copyMemory(from: from, byteCount: bodySize)
            }
        }
        var length = UInt64(bodySize)
        for index in 0...spare {
            buffer.setInteger(
                UInt8(truncatingIfNeeded: length & 0x7f) | (index < spare ? 0x80 : 0), at: bodyStart - 1 + index)
            length >>= 7
        }
        buffer.setInteger(UInt32(buffer.writerIndex - start - 4), at: start)
    }

    /// Appends an error. `isFatal`: the connection closes behind it, and every call on it fails.
    package func encode(error: HFSError, isFatal: Bool = false, into buffer: inout ByteBuffer) {
        encode(
            errorClass: error.code.javaClass, message: error.description,
            detail: isFatal ? error.code.fatalRPCDetail : error.code.rpcDetail, isFatal: isFatal, into: &buffer)
    }

    /// As above with the parts named.
    package func encode(
        errorClass: String, message: String, detail: UInt32, isFatal: Bool, into buffer: inout ByteBuffer
    ) {
        var header = Header(callID: callID, status: isFatal ? 2 : 1, clientID: clientID, retryCount: retryCount)
        header.error = (errorClass, message, detail)
        Self.frame(header, bodySize: nil, into: &buffer) { _ in }
    }

    private static func frame(
        _ header: Header, bodySize: Int?, into buffer: inout ByteBuffer, body: (inout WireWriter) -> Void
    ) {
        let headerSize = header.encodedSize
        var size = WireSize.varint(UInt64(headerSize)) + headerSize
        if let bodySize { size += WireSize.varint(UInt64(bodySize)) + bodySize }
        buffer.writeInteger(UInt32(size))
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: size) { memory in
            var writer = WireWriter(UnsafeMutableRawBufferPointer(rebasing: memory[..<size]))
            writer.varint(UInt64(headerSize))
            header.encode(to: &writer)
            if let bodySize {
                writer.varint(UInt64(bodySize))
                body(&writer)
            }
            precondition(writer.offset == size, "RPC frame shorter than computed")
            return size
        }
    }
}

extension RPCResponseEncoder {
    /// RpcResponseHeaderProto.
    private struct Header: WireEncodable {
        let callID: Int32
        let status: UInt64
        let clientID: [UInt8]
        let retryCount: Int32
        var error: (javaClass: String, message: String, detail: UInt32)?

        init(callID: Int32, status: UInt64, clientID: [UInt8], retryCount: Int32) {
            self.callID = callID
            self.status = status
            self.clientID = clientID
            self.retryCount = retryCount
        }

        // The field is a uint32: -33 takes five bytes, not ten.
        private var wireCallID: UInt64 { UInt64(UInt32(bitPattern: callID)) }

        var encodedSize: Int {
            var size = WireSize.uint(1, wireCallID) + 4 + WireSize.delimited(7, clientID.count)
            size += WireSize.uint(8, WireWriter.zigzag(Int64(retryCount)))
            if let error {
                size += WireSize.string(4, error.javaClass) + WireSize.string(5, error.message)
                size += WireSize.uint(6, UInt64(error.detail))
            }
            return size
        }

        func encode(to writer: inout WireWriter) {
            writer.uint(1, wireCallID)
            writer.uint(2, status)
            writer.uint(3, UInt64(RPCPreface.version))
            if let error {
                writer.string(4, error.javaClass)
                writer.string(5, error.message)
                writer.uint(6, UInt64(error.detail))
            }
            writer.byteArray(7, clientID)
            writer.sint(8, Int64(retryCount))
        }
    }
}
