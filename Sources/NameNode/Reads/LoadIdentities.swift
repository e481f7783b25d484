import Core
import MetaStore

/// The master keys and all tokens that hold, for a start.
struct LoadIdentities: Sendable {
    func run(
        _ view: any MetadataView
    ) throws(PlanInterrupt) -> (keys: TokenKeys, tokens: [(number: UInt32, row: TokenRow)]) {
        guard let key = try view.row(TokenKeysRow.key) else { throw refusal(.corruptMetadata, "No key for tokens") }
        let keys = try refusing { () throws(HFSError) in try TokenKeysRow(image: key).keys }
        var tokens: [(number: UInt32, row: TokenRow)] = []
        var after: [UInt8]?
        while true {
            let rows = try view.scan(.token, 0, after: after, limit: Limits.listingPageMax)
            for row in rows {
                let token = try refusing { () throws(HFSError) in try TokenRow(image: row.image) }
                tokens.append((Keys.token(sub: row.sub), token))
            }
            guard rows.count == Limits.listingPageMax else { return (keys, tokens) }
            after = rows.last?.sub
        }
    }
}
