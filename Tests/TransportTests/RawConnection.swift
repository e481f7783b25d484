import Core
import NIOCore
import Transport
import WireProtocol

/// A client that sends just the bytes it is told to.
struct RawConnection {
    let socket: BlockingSocket
    let reader: BufferedSocketReader

    init(port: UInt16) throws {
        socket = try BlockingSocket.connect(host: "127.0.0.1", port: port, timeoutMs: 10_000)
        socket.setTimeouts(readMs: 60_000, writeMs: 60_000)
        reader = BufferedSocketReader(socket)
    }

    func send(_ bytes: [UInt8]) throws { try socket.writeAll(bytes) }

    /// Preface and context of a user.
    func open(user: String = "alice", protocolName: String = "test.Protocol") throws {
        var buffer = ByteBuffer(bytes: RPCPreface.bytes(.simple))
        try encoder(protocolName).encodeContext(user: user, into: &buffer)
        try send(Array(buffer.readableBytesView))
    }

    func encoder(_ protocolName: String = "test.Protocol", version: UInt64 = 1) -> RPCRequestEncoder {
        RPCRequestEncoder(
            clientID: Array(0..<16), protocolName: protocolName, protocolVersion: version, callerContext: "tests")
    }

    /// The bytes of one call.
    func frame(_ method: String, _ body: [UInt8] = [], id: Int32, encoder: RPCRequestEncoder? = nil) -> [UInt8] {
        var buffer = ByteBuffer()
        (encoder ?? self.encoder()).encode(
            callID: id, retryCount: 0, method: method, body: RawBody(bytes: body), into: &buffer)
        return Array(buffer.readableBytesView)
    }

    /// The next whole frame, length included.
    func readFrame() throws -> [UInt8] {
        let length = try reader.readUInt32()
        let word = withUnsafeBytes(of: length.bigEndian) { Array($0) }
        return word + (try reader.readBytes(Int(length)))
    }

    func readResponse() throws -> RPCResponseFrame {
        try RPCResponseFrame(decoding: ByteBuffer(bytes: try readFrame().dropFirst(4)))
    }

    /// Everything until the server closes.
    func readToEnd() throws -> [UInt8] {
        var bytes: [UInt8] = []
        while try reader.waitForInput() { bytes.append(try reader.readUInt8()) }
        return bytes
    }

    /// True when the server has closed, also by a reset.
    func isClosedByServer() -> Bool {
        do { return try readToEnd().isEmpty } catch let error as HFSError { return error.code == .connectionLost } catch
        {
            return false
        }
    }
}

/// A message of bytes that are already encoded.
struct RawBody: WireEncodable, Sendable {
    let bytes: [UInt8]

    var encodedSize: Int { bytes.count }
    func encode(to writer: inout WireWriter) { bytes.withUnsafeBytes { writer.raw($0) } }
}
