import Core
import WireProtocol

/// The client's side of the SASL exchange with a delegation token, as a value. Insists on the token: a server that does not
/// take it is not spoken to as anybody else.
struct SaslClient {
    enum Step {
        /// Send this and go on.
        case answer(Hadoop_Common_RpcSaslProto)
        /// Both sides know the password: the context may follow, naming no user.
        case authenticated
    }

    private let token: DelegationToken
    private let clientNonce: String
    private var digest: DigestMD5?

    init(token: DelegationToken, clientNonce: String) {
        self.token = token
        self.clientNonce = clientNonce
    }

    /// Errors: `.accessDenied` when the server takes no tokens, `.authenticationFailed` when its messages make no sense or it
    /// does not know the password.
    mutating func handle(_ message: Hadoop_Common_RpcSaslProto) throws(HFSError) -> Step {
        switch (message.state, digest) {
        case (.negotiate, nil): return .answer(try initiate(message))
        case (.success, let digest?):
            let proof = try SaslFields(parsing: [UInt8](message.token)).required("rspauth")
            guard ConstantTime.isEqual(proof.utf8, digest.serverProof.utf8) else {
                throw HFSError(.authenticationFailed, "The namenode does not know the token's password")
            }
            return .authenticated
        default:
            throw HFSError(.authenticationFailed, "Unexpected SASL message in state \(message.state)")
        }
    }

    private mutating func initiate(
        _ offer: Hadoop_Common_RpcSaslProto
    ) throws(HFSError) -> Hadoop_Common_RpcSaslProto {
        guard let auth = offer.auths.first(where: { $0.mechanism == DigestMD5.mechanism }) else {
            throw HFSError(.accessDenied, "The namenode takes no delegation tokens")
        }
        let nonce = try SaslFields(parsing: [UInt8](auth.challenge)).required("nonce")
        let user = Base64.encode(token.identifier)
        let digest = DigestMD5(
            user: user, password: Base64.encode(token.password), nonce: nonce, clientNonce: clientNonce)
        self.digest = digest
        let response =
            "charset=utf-8,username=\"\(user)\",realm=\"\(DigestMD5.realm)\",nonce=\"\(nonce)\",nc=\(DigestMD5.count),"
            + "cnonce=\"\(clientNonce)\",digest-uri=\"\(DigestMD5.uri)\",response=\(digest.response),"
            + "qop=\(DigestMD5.quality)"
        return RPCSasl.initiateToken(auth, response: response)
    }
}
