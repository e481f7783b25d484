import Core
import MetaStore

/// `system`, key `token-key`: the master keys from which the passwords of all tokens follow, by age. Version 1 held one key, of
/// unknown age.
struct TokenKeysRow: Hashable, Sendable, StoredRow {
    static let key = Keys.system("token-key")

    var keys: TokenKeys

    init(_ keys: TokenKeys) { self.keys = keys }

    init(decoding image: UnsafeRawBufferPointer) throws(HFSError) {
        var reader = try RowReader(image, table: "token key", newest: 2)
        var found: [TokenKeys.Key] = []
        while !reader.isAtEnd {
            let issuer = TokenIssuer(
                keyID: UInt32(truncatingIfNeeded: try reader.unsigned()), key: try reader.blob())
            guard issuer.key.count == TokenIssuer.keyBytes else {
                throw HFSError(.corruptMetadata, "a master key of tokens has \(issuer.key.count) bytes")
            }
            found.append(TokenKeys.Key(issuer: issuer, madeMs: reader.isAtEnd ? 0 : try reader.signed()))
        }
        keys = try TokenKeys(found)
    }

    var image: [UInt8] {
        var writer = RowWriter(version: 2)
        for key in keys.keys {
            writer.unsigned(UInt64(key.issuer.keyID))
            writer.blob(key.issuer.key)
            writer.signed(key.madeMs)
        }
        return writer.bytes
    }
}
