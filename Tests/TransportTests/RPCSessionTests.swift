import Core
import NIOCore
import SwiftProtobuf
import Testing
import WireProtocol

@testable import Transport

@Suite("The server's side of the RPC protocol, without sockets")
struct RPCSessionTests {
    private func session() -> RPCSession {
        let services: [any RPCService] = [TestService(), TestService(protocolName: Captured.clientProtocol)]
        return RPCSession(methods: RPCMethodTable(services, metrics: MetricsRegistry()), frameBytesMax: 1 << 20)
    }

    /// All steps that some bytes lead to, as short texts.
    private func steps(_ session: inout RPCSession, _ bytes: [UInt8]) -> [String] {
        var input = ByteBuffer(bytes: bytes)
        return steps(&session, &input)
    }

    private func steps(_ session: inout RPCSession, _ input: inout ByteBuffer) -> [String] {
        var texts: [String] = []
        while true {
            switch session.next(&input) {
            case .needMore: return texts
            case .ignored: continue
            case .opened(let identity): texts.append("opened \(identity.user) \(identity.run.map { "\($0)" } ?? "-")")
            case .call(let request, let entry, let index):
                texts.append("call \(request.callID) \(request.method) \(entry).\(index) \(request.body.readableBytes)")
            case .answer(let bytes): texts.append("answer \(error(in: bytes))")
            case .close(let bytes, _):
                texts.append("close \(bytes.map { error(in: $0) } ?? "")")
                return texts
            }
        }
    }

    private func error(in bytes: ByteBuffer) -> String {
        guard let frame = bytes.getSlice(at: 4, length: bytes.readableBytes - 4),
            let response = try? RPCResponseFrame(decoding: frame)
        else { return String(buffer: bytes).prefix(12).description }
        return "\(response.callID) \(response.status) \(response.errorClass.split(separator: ".").last ?? "") "
            + "\(response.errorDetail)"
    }

    private func context(user: String, realUser: String? = nil) throws -> [UInt8] {
        var message = Hadoop_Common_IpcConnectionContextProto()
        message.userInfo.effectiveUser = user
        if let realUser { message.userInfo.realUser = realUser }
        var header = Hadoop_Common_RpcRequestHeaderProto()
        header.rpcKind = .rpcProtocolBuffer
        header.rpcOp = .rpcFinalPacket
        header.callID = -3
        header.clientID.append(contentsOf: Array(0..<16))
        header.retryCount = -1
        let first: [UInt8] = try header.serializedBytes()
        let second: [UInt8] = try message.serializedBytes()
        let body = [UInt8(first.count)] + first + [UInt8(second.count)] + second
        return [0, 0, 0, UInt8(body.count)] + body
    }

    @Test("Java's captured frames open the connection and call")
    func captured() {
        var session = session()
        let bytes = hex(Captured.preface + Captured.context + Captured.getFileInfo + Captured.getListing)
        #expect(
            steps(&session, bytes) == ["opened root -", "call 0 getFileInfo 1.5 6", "call 1 getListing 1.6 10"])
    }

    @Test("The same frames one byte at a time lead to the same steps")
    func byteByByte() {
        var session = session()
        var input = ByteBuffer()
        var texts: [String] = []
        for byte in hex(Captured.preface + Captured.context + Captured.getFileInfo) {
            input.writeInteger(byte)
            texts += steps(&session, &input)
        }
        #expect(texts == ["opened root -", "call 0 getFileInfo 1.5 6"])
    }

    @Test(
        "A preface that is not ours ends the connection",
        arguments: [
            ("47455420", "close HTTP/1.1 404"), ("6872706308", "close -1 fatal RPC$VersionMismatch 14"),
            ("687270630a0000", "close -1 fatal RPC$VersionMismatch 14"), ("68727063090011", "close "),
            ("1603", "close "),
            ("00000000", "close "),
        ])
    func prefaces(text: String, expected: String) {
        var session = session()
        #expect(steps(&session, hex(text)) == [expected])
        #expect(session.phase == .closed)
    }

    @Test("SASL: the captured NEGOTIATE is offered SIMPLE, its choice is not answered, the context follows")
    func sasl() {
        var session = session()
        var input = ByteBuffer(bytes: hex("687270630900df 00000015 11 08021000184122002801 3a050a03434c49 02 1002"))
        guard case .ignored = session.next(&input), case .answer(let offer) = session.next(&input) else {
            Issue.record("no offer")
            return
        }
        let expected = hex("0000001e 0e 08dfffffff0f 1000 1809 3a00 4001 0e 1001 220a 0a0653494d504c45 1200")
        #expect(Array(offer.readableBytesView) == expected)
        let choice = "00000021 11 080210001841220028013a050a03434c49 0e 1002 220a 0a0653494d504c45 1200"
        #expect(steps(&session, hex(choice + Captured.context)) == ["opened root -"])
    }

    @Test("SASL: another method is refused for good")
    func saslOther() {
        var session = session()
        let bytes = hex(
            "687270630900df 00000021 11 080210001841220028013a050a03434c49 0e 1002 220a 0a06534c4d504c45 1200")
        #expect(steps(&session, bytes) == ["close -33 fatal AccessControlException 15"])
    }

    @Test("Impersonation and nameless users are refused")
    func users() throws {
        var impersonation = session()
        let bytes = hex(Captured.preface) + (try context(user: "alice", realUser: "root"))
        #expect(steps(&impersonation, bytes) == ["close -3 fatal AuthorizationException 15"])
        var same = session()
        #expect(
            steps(&same, hex(Captured.preface) + (try context(user: "alice", realUser: "alice"))) == ["opened alice -"])
        for name in ["", "a\u{0}b", String(repeating: "x", count: 80)] {
            var session = session()
            let expected = name.count == 80 ? ["opened \(name) -"] : ["close -3 fatal AccessControlException 15"]
            #expect(steps(&session, hex(Captured.preface) + (try context(user: name))) == expected)
        }
    }

    @Test("A call before the context, SASL unasked, a second context: fatal")
    func order() {
        var early = session()
        #expect(
            steps(&early, hex(Captured.preface + Captured.getFileInfo)) == [
                "close 0 fatal UninitializedMessageException 12"
            ])
        var twice = session()
        #expect(
            steps(&twice, hex(Captured.preface + Captured.context + Captured.context)) == [
                "opened root -", "close -3 fatal UninitializedMessageException 12",
            ])
        var unasked = session()
        #expect(
            steps(&unasked, hex(Captured.preface + "00000015 11 08021000184122002801 3a050a03434c49 02 1002")) == [
                "close -33 fatal UninitializedMessageException 12"
            ])
    }

    @Test("Unknown protocol, version and method are errors of the call; the connection goes on")
    func unknown() throws {
        var session = session()
        #expect(steps(&session, hex(Captured.preface + Captured.context)) == ["opened root -"])
        func call(_ method: String, _ name: String, _ version: UInt64) -> [UInt8] {
            var buffer = ByteBuffer()
            let encoder = RPCRequestEncoder(clientID: Array(0..<16), protocolName: name, protocolVersion: version)
            encoder.encode(callID: 9, retryCount: 0, method: method, body: RawBody(bytes: []), into: &buffer)
            return Array(buffer.readableBytesView)
        }
        #expect(
            steps(&session, call("echo", "no.Protocol", 1)) == ["answer 9 error RpcNoSuchProtocolException 3"])
        #expect(steps(&session, call("echo", "test.Protocol", 2)) == ["answer 9 error RPC$VersionMismatch 6"])
        #expect(steps(&session, call("frob", "test.Protocol", 1)) == ["answer 9 error RpcNoSuchMethodException 2"])
        #expect(steps(&session, call("echo", "test.Protocol", 1)) == ["call 9 echo 0.0 0"])
    }

    @Test("A ping asks for nothing, before and after the context")
    func ping() {
        var buffer = ByteBuffer()
        RPCRequestEncoder(clientID: Array(0..<16), protocolName: "test.Protocol").encodePing(into: &buffer)
        let ping = Array(buffer.readableBytesView)
        var session = session()
        let bytes = hex(Captured.preface) + ping + hex(Captured.context) + ping + hex(Captured.getFileInfo)
        #expect(steps(&session, bytes) == ["opened root -", "call 0 getFileInfo 1.5 6"])
    }

    @Test("Frames above the limit and unreadable headers end the connection")
    func limits() {
        for text in ["00200000", "ffffffff", "00000000", "0000000401020304", "00000003ffffff"] {
            var session = session()
            let all = steps(&session, hex(Captured.preface + Captured.context + text))
            #expect(all == ["opened root -", "close -1 fatal UninitializedMessageException 12"], "\(text)")
        }
        var early = session()
        #expect(
            steps(&early, hex(Captured.preface + "00080000")) == ["close -1 fatal UninitializedMessageException 12"])
    }

    @Test("Damaged streams never crash and never hang", arguments: [UInt64](1...200))
    func damaged(seed: UInt64) {
        var random = TestRandom(seed: seed)
        var bytes = hex(Captured.preface + Captured.context + Captured.getFileInfo + Captured.getListing)
        for _ in 0..<random.below(6) + 1 {
            bytes[random.below(bytes.count)] = UInt8(random.below(256))
        }
        bytes.removeLast(random.below(bytes.count))
        var session = session()
        var input = ByteBuffer(bytes: bytes)
        _ = steps(&session, &input)
        #expect(input.readableBytes <= bytes.count, "seed \(seed)")
    }
}
