import Core
import WireProtocol

/// The computation of SASL's DIGEST-MD5 (RFC 2831) as Hadoop uses it for tokens: realm and server `default`, quality of
/// protection `auth`, md5-sess.
struct DigestMD5 {
    static let mechanism = RPCSasl.tokenMechanism
    static let realm = "default"
    static let uri = "/default"
    static let count = "00000001"
    static let quality = "auth"

    var user: String
    var password: String
    var nonce: String
    var clientNonce: String
    /// Java's clients name one, equal to the user.
    var authorization: String?

    /// What the client proves that it knows the password with.
    var response: String { proof("AUTHENTICATE:\(Self.uri)") }
    /// The server's proof of the same.
    var serverProof: String { proof(":\(Self.uri)") }

    /// What the client sees first.
    static func challenge(nonce: String) -> String {
        "realm=\"\(realm)\",nonce=\"\(nonce)\",qop=\"\(quality)\",charset=utf-8,algorithm=md5-sess"
    }

    private func proof(_ action: String) -> String {
        var first = MessageDigest.md5(Array("\(user):\(Self.realm):\(password)".utf8))
        first += Array(":\(nonce):\(clientNonce)".utf8)
        if let authorization { first += Array(":\(authorization)".utf8) }
        let text =
            "\(Self.hex(first)):\(nonce):\(Self.count):\(clientNonce):\(Self.quality):\(Self.hex(Array(action.utf8)))"
        return Self.hex(Array(text.utf8))
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in MessageDigest.md5(bytes) { text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
        return String(decoding: text, as: UTF8.self)
    }
}
