import Core
import NIOCore
import Testing

@testable import WireProtocol

@Suite struct RPCFrameTests {
    private let java = RPCRequestEncoder(
        clientID: Golden.javaClientID, protocolName: Golden.clientProtocol, callerContext: "CLI")

    @Test func `A Java client's opening is read: preface, context, two calls`() throws {
        var stream = ByteBuffer(bytes: Golden.javaOpening + Golden.getFileInfo + Golden.getListing)
        #expect(RPCPreface.parse(&stream) == .accepted(.simple))
        var decoder = RPCRequestDecoder()

        let context = try decoder.decode(try #require(try RPCFraming.nextFrame(from: &stream)))
        #expect(context.callID == RPCCallID.connectionContext)
        #expect(context.retryCount == -1)
        #expect(try context.connectionContext().userInfo.effectiveUser == "root")
        #expect(try context.connectionContext().protocol == Golden.clientProtocol)

        let info = try decoder.decode(try #require(try RPCFraming.nextFrame(from: &stream)))
        #expect(info.callID == 0)
        #expect(info.retryCount == 0)
        #expect(info.clientID == Golden.javaClientID)
        #expect(info.callerContext == "CLI")
        #expect(info.method == "getFileInfo")
        #expect(info.protocolName == Golden.clientProtocol)
        #expect(info.protocolVersion == 1)
        #expect(try MessageCoding.decode(Hadoop_Hdfs_GetFileInfoRequestProto.self, from: info.body).src == "/a/b")

        let listing = try decoder.decode(try #require(try RPCFraming.nextFrame(from: &stream)))
        #expect(listing.callID == 1)
        #expect(listing.method == "getListing")
        #expect(stream.readableBytes == 0)
    }

    @Test func `Our requests are a Java client's bytes`() throws {
        var buffer = ByteBuffer(bytes: RPCPreface.bytes(.simple))
        try java.encodeContext(user: "root", into: &buffer)
        #expect(Array(buffer.readableBytesView) == Golden.javaOpening)

        buffer.clear()
        var request = Hadoop_Hdfs_GetFileInfoRequestProto()
        request.src = "/a/b"
        try java.encode(callID: 0, retryCount: 0, method: "getFileInfo", message: request, into: &buffer)
        #expect(Array(buffer.readableBytesView) == Golden.getFileInfo)
    }

    @Test func `A frame is taken only when it is whole, and refused when it is too long`() throws {
        for length in 0..<Golden.getFileInfo.count {
            var buffer = ByteBuffer(bytes: Golden.getFileInfo.prefix(length))
            #expect(try RPCFraming.nextFrame(from: &buffer) == nil)
            #expect(buffer.readableBytes == length)
        }
        var long = ByteBuffer(bytes: [0x7f, 0xff, 0xff, 0xff])
        #expect(throws: HFSError.self) { try RPCFraming.nextFrame(from: &long) }
    }

    @Test func `Answers are the real namenode's bytes`() throws {
        let info = try RPCResponseFrame(decoding: Golden.frame(Golden.fileInfoAnswer))
        #expect(info.callID == 0)
        #expect(info.status == .success)
        let encoder = RPCResponseEncoder(callID: 0, clientID: Golden.javaClientID, retryCount: 0)
        var buffer = ByteBuffer()
        encoder.encode(bytes: Array(info.body.readableBytesView), into: &buffer)
        #expect(Array(buffer.readableBytesView) == Golden.fileInfoAnswer)

        let answer = try MessageCoding.decode(Hadoop_Hdfs_GetFileInfoResponseProto.self, from: info.body)
        let status = try FileStatus(answer.fs)
        #expect(status.isDirectory && status.inode == InodeID(16387) && status.mode.bits == 0o755)
        #expect(status.owner == "root" && status.group == "supergroup")
        buffer.clear()
        try encoder.encode(message: answer, into: &buffer)
        #expect(Array(buffer.readableBytesView) == Golden.fileInfoAnswer)

        let listing = try RPCResponseFrame(decoding: Golden.frame(Golden.listingAnswer))
        let entries = try MessageCoding.decode(Hadoop_Hdfs_GetListingResponseProto.self, from: listing.body)
        #expect(entries.dirList.partialListing.count == 1)
        let child = try FileStatus(entries.dirList.partialListing[0])
        #expect(child.name == Array("h.txt".utf8) && child.length == 6 && child.replication == 3)
    }

    @Test(arguments: [0, 1, 2, 127, 128, 129, 16383, 16384, 100_000])
    func `An answer filled in place has the right lengths`(bodySize: Int) throws {
        let body = (0..<bodySize).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let encoder = RPCResponseEncoder(callID: 9, clientID: Golden.javaClientID, retryCount: -1)
        var expected = ByteBuffer(string: "before")
        encoder.encode(bytes: body, into: &expected)
        var filled = ByteBuffer(string: "before")
        encoder.encode(into: &filled) { $0.writeBytes(body) }
        #expect(filled == expected)
        filled.moveReaderIndex(forwardBy: 6)
        let frame = try #require(try RPCFraming.nextFrame(from: &filled))
        #expect(Array(try RPCResponseFrame(decoding: frame).body.readableBytesView) == body)
    }

    @Test func `An error has the real namenode's header`() throws {
        let clientID = Array(UInt8(0)...15)
        var buffer = ByteBuffer()
        RPCResponseEncoder(callID: 0, clientID: clientID, retryCount: 0).encode(
            error: HFSError(.fileNotFound, "rename source /nope is not found."), into: &buffer)
        let expected =
            hex("0800 1001 1809 221d 6a6176612e696f2e46696c654e6f74466f756e64457863657074696f6e 2a21")
            + Array("rename source /nope is not found.".utf8) + hex("3001 3a10") + clientID + hex("4000")
        #expect(
            Array(buffer.readableBytesView) == [0, 0, 0, UInt8(expected.count + 1), UInt8(expected.count)] + expected)

        let frame = try RPCResponseFrame(decoding: try #require(try RPCFraming.nextFrame(from: &buffer)))
        #expect(frame.status == .error)
        #expect(frame.error?.code == .fileNotFound)
        #expect(frame.error?.message == "rename source /nope is not found.")
    }

    @Test func `A stack trace is not part of an error's message`() throws {
        var buffer = ByteBuffer()
        RPCResponseEncoder.noCall.encode(
            errorClass: "org.example.Strange", message: "it broke\n\tat org.example.Strange.run(Strange.java:1)",
            detail: 1,
            isFatal: true, into: &buffer)
        let frame = try RPCResponseFrame(decoding: try #require(try RPCFraming.nextFrame(from: &buffer)))
        #expect(frame.status == .fatal && frame.callID == -1)
        #expect(frame.error?.code == .remote)
        #expect(frame.error?.message == "org.example.Strange: it broke")
    }

    @Test func `SASL frames are a Java client's, and ours have a five byte call id`() throws {
        var decoder = RPCRequestDecoder()
        let negotiate = try decoder.decode(Golden.frame(Golden.saslNegotiate))
        #expect(negotiate.callID == RPCCallID.sasl && negotiate.clientID.isEmpty)
        #expect(try negotiate.sasl().state == .negotiate)
        let choice = try decoder.decode(Golden.frame(Golden.saslInitiateSimple))
        #expect(RPCSasl.choosesSimple(try choice.sasl()))
        #expect(try choice.sasl() == RPCSasl.initiateSimple)

        var buffer = ByteBuffer()
        try RPCResponseEncoder.sasl.encode(message: RPCSasl.offer(tokenChallenge: nil), into: &buffer)
        #expect(Array(buffer.readableBytesView).dropFirst(4).starts(with: Golden.saslSuccessHeader))
        #expect(
            try RPCResponseFrame(decoding: try #require(try RPCFraming.nextFrame(from: &buffer))).callID
                == RPCCallID.sasl)

        buffer.clear()
        try RPCRequestEncoder.encodeSasl(RPCSasl.negotiate, into: &buffer)
        let ours = try decoder.decode(try #require(try RPCFraming.nextFrame(from: &buffer)))
        #expect(ours.callID == RPCCallID.sasl && ours.retryCount == -1)
    }

    @Test func `A ping is a header alone`() throws {
        var buffer = ByteBuffer()
        java.encodePing(into: &buffer)
        var decoder = RPCRequestDecoder()
        let ping = try decoder.decode(try #require(try RPCFraming.nextFrame(from: &buffer)))
        #expect(ping.callID == RPCCallID.ping && ping.body.readableBytes == 0)
    }

    @Test(arguments: [
        ("hrpc", RPCPreface.Outcome.incomplete), ("hr", .incomplete), ("", .incomplete), ("GE", .incomplete),
        ("GET /", .http),
        ("POST", .garbage), ("hrpC", .garbage), ("hrpc\u{a}", .versionMismatch(10)),
        ("hrpc\u{9}\0\u{7}", .unknownAuthentication(7)),
        ("hrpc\u{9}\0\0", .accepted(.simple)),
    ])
    func `A preface is judged as the real namenode does`(text: String, outcome: RPCPreface.Outcome) {
        var buffer = ByteBuffer(string: text)
        #expect(RPCPreface.parse(&buffer) == outcome)
    }
}
