import Core
import NIOCore
import Testing
import WireProtocol

@testable import Transport

@Suite("SASL with delegation tokens")
struct SaslTests {
    /// A token, its exchange and both proofs as HDFS 2.7.3 and Java 3.4.1 were captured with.
    private enum Captured {
        static let identifier = hex("0005616c6963650772656e65776572008a01a1fb2d2f818a01a21f39b3810102")
        static let password = hex("0edd26a1ca37f1b1d15586056df659e9021b2977")
        static let nonce = "tnfIuDZIMA3quOhYRUk+xU/xR/u9ZKLNFTm2CeVH"
        static let clientNonce = "xanANKEtYzsSKoKe5kCl5O20zQ/o34dBL56xmQxt"
        static let response = "9a986bda8302b1175c96ef71507d75b8"
        static let serverProof = "4490c10503998af51555ad95fe487797"
    }

    /// Knows the captured token.
    private struct OneToken: RPCAuthenticator {
        func identity(simpleUser name: String) throws(HFSError) -> RPCIdentity {
            guard name != "nobody" else { throw HFSError(.accessDenied, "not nobody") }
            return RPCIdentity(user: name)
        }

        func identity(tokenIdentifier: [UInt8]) throws(HFSError) -> (identity: RPCIdentity, password: [UInt8]) {
            guard tokenIdentifier == Captured.identifier else { throw HFSError(.invalidToken, "unknown") }
            return (RPCIdentity(user: "alice", token: 1, run: RunID(7)), Captured.password)
        }
    }

    private var digest: DigestMD5 {
        DigestMD5(
            user: Base64.encode(Captured.identifier), password: Base64.encode(Captured.password),
            nonce: Captured.nonce, clientNonce: Captured.clientNonce)
    }

    private var server: SaslServer { SaslServer(authenticator: OneToken(), nonce: Captured.nonce) }

    /// What Java sends: some fields quoted, some not.
    private func initiate(_ change: (inout [String]) -> Void = { _ in }) -> Hadoop_Common_RpcSaslProto {
        var fields = [
            "charset=utf-8", "username=\"\(Base64.encode(Captured.identifier))\"", "realm=\"default\"",
            "nonce=\"\(Captured.nonce)\"", "nc=00000001", "cnonce=\"\(Captured.clientNonce)\"",
            "digest-uri=\"/default\"", "maxbuf=65536", "response=\(Captured.response)", "qop=auth",
        ]
        change(&fields)
        let offer = RPCSasl.offer(tokenChallenge: "x")
        return RPCSasl.initiateToken(offer.auths[0], response: fields.joined(separator: ","))
    }

    private func text(_ step: SaslServer.Step) -> String {
        switch step {
        case .answer(let message): "answer \(message.auths.map { "\($0.method) \($0.mechanism)" })"
        case .simple: "simple"
        case .authenticated(let identity, let message):
            "\(identity.user) \(identity.run.map { "\($0)" } ?? "-") \(String(decoding: message.token, as: UTF8.self))"
        case .refused(let error): "\(error.code): \(error.message)"
        }
    }

    @Test("both proofs of a captured exchange are computed again")
    func vector() {
        #expect(digest.response == Captured.response)
        #expect(digest.serverProof == Captured.serverProof)
    }

    @Test("TOKEN is offered before SIMPLE with a challenge that HDFS's clients read")
    func offer() {
        guard case .answer(let message) = server.handle(RPCSasl.negotiate) else {
            Issue.record("no offer")
            return
        }
        #expect(message.auths.map(\.method) == ["TOKEN", "SIMPLE"])
        #expect(message.auths[0].serverID == "default" && message.auths[0].hasProtocol)
        #expect(
            String(decoding: message.auths[0].challenge, as: UTF8.self)
                == "realm=\"default\",nonce=\"\(Captured.nonce)\",qop=\"auth\",charset=utf-8,algorithm=md5-sess")
    }

    @Test("the captured response is taken, in any order of its fields, and answered with the server's proof")
    func accepted() {
        let expected = "alice run-7 rspauth=\(Captured.serverProof)"
        #expect(text(server.handle(initiate())) == expected)
        #expect(text(server.handle(initiate { $0.reverse() })) == expected)
        #expect(text(server.handle(initiate { $0.remove(at: 9) })) == expected)
    }

    @Test("Java's authzid counts in the digest and must be the user")
    func authorization() {
        var named = digest
        named.authorization = named.user
        let good = initiate { fields in
            fields[8] = "response=\(named.response)"
            fields.append("authzid=\"\(named.user)\"")
        }
        #expect(text(server.handle(good)) == "alice run-7 rspauth=\(named.serverProof)")
        named.authorization = "root"
        let other = initiate { fields in
            fields[8] = "response=\(named.response)"
            fields.append("authzid=\"root\"")
        }
        #expect(text(server.handle(other)).hasPrefix("authenticationFailed"))
    }

    @Test(
        "a response that is wrong in any field proves nothing",
        arguments: [
            (1, "username=\"AAAA\"", "invalidToken: unknown"), (1, "username=\"A\"", "invalidToken: Can't"),
            (1, "x=y", "authenticationFailed"), (2, "realm=\"other\"", "authenticationFailed"),
            (3, "nonce=\"another\"", "authenticationFailed"), (4, "nc=00000002", "authenticationFailed"),
            (5, "cnonce=\"another\"", "authenticationFailed"), (6, "digest-uri=\"/x\"", "authenticationFailed"),
            (8, "response=9a986bda8302b1175c96ef71507d75b9", "authenticationFailed"),
            (8, "response=", "authenticationFailed"),
            (9, "qop=auth-conf", "authenticationFailed"), (0, "nc=00000001", "authenticationFailed"),
            (0, "charset", "authenticationFailed"), (9, "qop=\"auth", "authenticationFailed"),
        ])
    func refused(index: Int, field: String, expected: String) {
        #expect(text(server.handle(initiate { $0[index] = field })).hasPrefix(expected))
    }

    @Test("without tokens SIMPLE alone is offered, and TOKEN refused")
    func withoutTokens() {
        let server = SaslServer(authenticator: nil, nonce: "x")
        #expect(text(server.handle(RPCSasl.negotiate)) == "answer [\"SIMPLE \"]")
        #expect(
            text(server.handle(initiate()))
                == "accessDenied: TOKEN authentication is not enabled.  Available:[SIMPLE]")
    }

    @Test("our client and our server convince each other; a server that does not know the password is left")
    func bothSides() throws {
        let token = DelegationToken(identifier: Captured.identifier, password: Captured.password)
        var client = SaslClient(token: token, clientNonce: Captured.clientNonce)
        guard case .answer(let offer) = server.handle(RPCSasl.negotiate),
            case .answer(let choice) = try client.handle(offer),
            case .authenticated(let identity, var success) = server.handle(choice)
        else {
            Issue.record("no agreement")
            return
        }
        #expect(identity.user == "alice")
        var deceived = client
        guard case .authenticated = try client.handle(success) else {
            Issue.record("not authenticated")
            return
        }
        success = RPCSasl.success(token: "rspauth=00000000000000000000000000000000")
        #expect(throws: HFSError.self) { try deceived.handle(success) }
        var downgraded = SaslClient(token: token, clientNonce: "y")
        #expect(throws: HFSError.self) { try downgraded.handle(RPCSasl.offer(tokenChallenge: nil)) }
    }

    @Test("a whole session: the token's user counts, not the context's; a refusal closes the connection")
    func session() throws {
        func run(_ message: Hadoop_Common_RpcSaslProto) throws -> [String] {
            var session = RPCSession(
                methods: RPCMethodTable([TestService()], metrics: MetricsRegistry()), frameBytesMax: 1 << 20,
                authenticator: OneToken(), nonce: Captured.nonce)
            var input = ByteBuffer(bytes: RPCPreface.bytes(.sasl))
            try RPCRequestEncoder.encodeSasl(message, into: &input)
            try RPCRequestEncoder(clientID: Array(0..<16), protocolName: "p").encodeContext(
                user: "mallory", into: &input)
            var texts: [String] = []
            while true {
                switch session.next(&input) {
                case .needMore: return texts
                case .ignored: continue
                case .opened(let identity): texts.append("opened \(identity.user)")
                case .answer: texts.append("answer")
                case .close: return texts + ["close"]
                case .call: texts.append("call")
                }
            }
        }
        #expect(try run(initiate()) == ["answer", "opened alice"])
        #expect(try run(initiate { $0[8] = "response=00" }) == ["close"])
        #expect(try run(RPCSasl.initiateSimple) == ["opened mallory"])
    }

    @Test("base64 in both directions, and nothing else is taken")
    func base64() {
        for (text, encoded) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")] {
            #expect(Base64.encode(Array(text.utf8)) == encoded)
            #expect(Base64.decode(encoded) == Array(text.utf8))
        }
        for damaged in ["Z", "Zg", "Zg=", "Zh==", "=Zg=", "Zg==Zg==", "Zm9!", "Zm 9"] {
            #expect(Base64.decode(damaged) == nil, "\(damaged)")
        }
    }
}
