import Core
import MetaStore

/// `system`, key `token-key`: the master key from which the passwords of all tokens follow.
struct TokenKeyRow: Hashable, Sendable, StoredRow {
    static let key = Keys.system("token-key")

    var issuer: TokenIssuer

    init(_ issuer: TokenIssuer) { self.issuer = issuer }

    init(decoding image: UnsafeRawBufferPointer) throws(HFSError) {
        var reader = try RowReader(image, table: "token key", newest: 1)
        issuer = TokenIssuer(keyID: UInt32(truncatingIfNeeded: try reader.unsigned()), key: try reader.blob())
        guard issuer.key.count == TokenIssuer.keyBytes else {
            throw HFSError(.corruptMetadata, "the tokens' master key has \(issuer.key.count) bytes")
        }
    }

    var image: [UInt8] {
        var writer = RowWriter(version: 1)
        writer.unsigned(UInt64(issuer.keyID))
        writer.blob(issuer.key)
        return writer.bytes
    }
}
