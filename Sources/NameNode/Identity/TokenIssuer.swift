import Core
import Transport
import WireProtocol

/// Makes the tokens of one master key. A value: what it gives depends on the key and the row alone.
struct TokenIssuer: Hashable, Sendable {
    let keyID: UInt32
    /// Random bytes, `keyBytes` of them.
    let key: [UInt8]
    /// For block tokens (docs/decisions/018-siphash-for-block-tokens.md). Follows from `key`, which cannot be found by it.
    let blockKey: SipHash

    static let keyBytes = 32

    init(keyID: UInt32, key: [UInt8]) {
        self.keyID = keyID
        self.key = key
        let derived = MessageDigest.hmacSHA256(key: key, Array("hfs block tokens".utf8))
        blockKey = SipHash(key: Array(derived.prefix(SipHash.keyBytes)))
    }

    /// A new key's bytes.
    static func freshKey() -> [UInt8] { (0..<keyBytes).map { _ in UInt8.random(in: 0...255) } }

    func identifier(_ row: TokenRow, number: UInt32) -> DelegationTokenIdentifier {
        DelegationTokenIdentifier(
            owner: row.owner, renewer: row.renewer, issuedMs: row.issuedMs, maxMs: row.maxMs, number: number,
            keyID: keyID)
    }

    /// Of an identifier that names this key.
    func password(_ identifier: [UInt8]) -> [UInt8] { MessageDigest.hmacSHA256(key: key, identifier) }

    func token(_ row: TokenRow, number: UInt32) -> DelegationToken {
        let identifier = identifier(row, number: number).bytes
        return DelegationToken(identifier: identifier, password: password(identifier))
    }
}
