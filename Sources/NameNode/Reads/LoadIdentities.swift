import Core
import MetaStore

/// The master key and all tokens that hold, for a start.
struct LoadIdentities: Sendable {
    func run(
        _ view: any MetadataView
    ) throws(PlanInterrupt) -> (issuer: TokenIssuer, tokens: [(number: UInt32, row: TokenRow)]) {
        guard let key = try view.row(TokenKeyRow.key) else { throw refusal(.corruptMetadata, "No key for tokens") }
        let issuer = try refusing { () throws(HFSError) in try TokenKeyRow(image: key).issuer }
        var tokens: [(number: UInt32, row: TokenRow)] = []
        var after: [UInt8]?
        while true {
            let rows = try view.scan(.token, 0, after: after, limit: Limits.listingPageMax)
            for row in rows {
                let token = try refusing { () throws(HFSError) in try TokenRow(image: row.image) }
                tokens.append((Keys.token(sub: row.sub), token))
            }
            guard rows.count == Limits.listingPageMax else { return (issuer, tokens) }
            after = rows.last?.sub
        }
    }
}
