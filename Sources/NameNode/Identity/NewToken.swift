import Core
import MetaStore

/// The part that all operations share which issue a token: a number, a row.
enum NewToken {
    /// Writes `row` under the next number.
    static func add(
        _ row: TokenRow, _ view: any MetadataView, _ mutation: inout Mutation
    ) throws(PlanInterrupt) -> UInt32 {
        let kept = try view.row(TokenNumberRow.key)
        let last = try refusing { () throws(HFSError) in
            try kept.map { image throws(HFSError) in
                try TokenNumberRow(image: image).number
            } ?? 0
        }
        guard last < TokenNumberRow.numberMax else {
            throw refusal(.unsupported, "This namespace has issued all token numbers that HDFS clients can read")
        }
        mutation.put(TokenNumberRow.key, TokenNumberRow(last + 1).image)
        mutation.put(Keys.token(last + 1), row.image)
        return last + 1
    }
}
