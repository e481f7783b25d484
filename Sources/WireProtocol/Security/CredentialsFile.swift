package import Core

/// A token file as HDFS clients read and write it (Hadoop `Credentials`): `HDTS`, format 0, tokens by alias, no secrets.
package enum CredentialsFile {
    private static let magic = Array("HDTS".utf8)
    /// Tokens of one file; real ones hold a few.
    private static let tokensMax: Int64 = 10_000

    package static func encode(_ tokens: [(alias: String, token: DelegationToken)]) -> [UInt8] {
        var writer = HadoopWriter()
        writer.raw(magic)
        writer.byte(0)
        writer.number(Int64(tokens.count))
        for (alias, token) in tokens {
            writer.text(alias)
            writer.blob(token.identifier)
            writer.blob(token.password)
            writer.text(token.kind)
            writer.text(token.service)
        }
        writer.number(0)
        return writer.bytes
    }

    /// The tokens in the order of the file. Throws `.malformedRequest`; `.unsupported` for another format.
    package static func decode(_ bytes: [UInt8]) throws(HFSError) -> [DelegationToken] {
        var reader = HadoopReader(bytes)
        guard try reader.raw(magic.count) == magic else {
            throw HFSError(.malformedRequest, "Not a token file: it does not begin with HDTS")
        }
        let format = try reader.byte()
        guard format == 0 else {
            throw HFSError(
                .unsupported, "A token file of format \(format); format 0 is read ('hdfs fetchdt' writes it)")
        }
        let count = try reader.number()
        guard (0...tokensMax).contains(count) else {
            throw HFSError(.malformedRequest, "A token file of \(count) tokens")
        }
        var tokens: [DelegationToken] = []
        for _ in 0..<count {
            _ = try reader.text()
            tokens.append(
                DelegationToken(
                    identifier: try reader.blob(), password: try reader.blob(), kind: try reader.text(),
                    service: try reader.text()))
        }
        return tokens
    }
}
