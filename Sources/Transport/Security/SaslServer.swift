import Core
import WireProtocol

/// The server's side of one connection's SASL exchange, as a value: Hadoop's NEGOTIATE, then SIMPLE, or TOKEN by DIGEST-MD5.
struct SaslServer {
    enum Step {
        /// Send this and go on.
        case answer(Hadoop_Common_RpcSaslProto)
        /// The client proves nothing; its context says who it is. Nothing is sent.
        case simple
        /// The client holds a token. This is sent, then its context follows.
        case authenticated(RPCIdentity, Hadoop_Common_RpcSaslProto)
        case refused(HFSError)
    }

    /// nil: SIMPLE only.
    private let authenticator: (any RPCAuthenticator)?
    private let nonce: String

    /// - Parameter nonce: never used before.
    init(authenticator: (any RPCAuthenticator)?, nonce: String) {
        self.authenticator = authenticator
        self.nonce = nonce
    }

    /// 256 random bits.
    static func freshNonce() -> String {
        Base64.encode((0..<4).flatMap { _ in withUnsafeBytes(of: UInt64.random(in: .min ... .max)) { Array($0) } })
    }

    func handle(_ message: Hadoop_Common_RpcSaslProto) -> Step {
        // Hadoop 3.4.1 was captured asking for the offer with an INITIATE that chooses nothing.
        if message.state == .negotiate || (message.state == .initiate && message.auths.isEmpty) {
            let challenge = authenticator == nil ? nil : DigestMD5.challenge(nonce: nonce)
            return .answer(RPCSasl.offer(tokenChallenge: challenge))
        }
        if RPCSasl.choosesSimple(message) { return .simple }
        guard let authenticator, RPCSasl.choosesToken(message) else {
            let method = message.auths.first?.method ?? "state \(message.state)"
            let available = authenticator == nil ? "SIMPLE" : "TOKEN, SIMPLE"
            return .refused(
                HFSError(.accessDenied, "\(method) authentication is not enabled.  Available:[\(available)]"))
        }
        do throws(HFSError) {
            let (identity, proof) = try check([UInt8](message.token), authenticator)
            return .authenticated(identity, RPCSasl.success(token: "rspauth=\(proof)"))
        } catch {
            return .refused(error)
        }
    }

    /// Who the client is, and the proof that this server knows the password too.
    private func check(
        _ token: [UInt8], _ authenticator: any RPCAuthenticator
    ) throws(HFSError) -> (RPCIdentity, String) {
        let fields = try SaslFields(parsing: token)
        let user = try fields.required("username")
        guard let identifier = Base64.decode(user) else {
            throw HFSError(.invalidToken, "Can't de-serialize tokenIdentifier")
        }
        let (identity, password) = try authenticator.identity(tokenIdentifier: identifier)
        let authorization = fields["authzid"]
        let digest = DigestMD5(
            user: user, password: Base64.encode(password), nonce: nonce, clientNonce: try fields.required("cnonce"),
            authorization: authorization)
        guard authorization ?? user == user, try fields.required("nonce") == nonce,
            fields["realm"] ?? DigestMD5.realm == DigestMD5.realm, try fields.required("nc") == DigestMD5.count,
            fields["qop"] ?? DigestMD5.quality == DigestMD5.quality, try fields.required("digest-uri") == DigestMD5.uri,
            ConstantTime.isEqual(try fields.required("response").utf8, digest.response.utf8)
        else {
            throw HFSError(
                .authenticationFailed, "\(DigestMD5.mechanism): digest response format violation. Mismatched response.")
        }
        return (identity, digest.serverProof)
    }
}
