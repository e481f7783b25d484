import Core
import MetaStore

/// Makes the first master key for tokens, or the next one when it is time; else nothing.
struct RollTokenKeys: NamespaceOperation {
    var caller: Caller
    /// Random, chosen before.
    var secret: [UInt8]

    func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Planned<Answer> {
        let image = try view.row(TokenKeysRow.key)
        let nowMs = inputs.nowMs
        let kept = try refusing { () throws(HFSError) in
            try image.map { image throws(HFSError) in try TokenKeysRow(image: image).keys }
        }
        if let kept, !kept.isDue(nowMs: nowMs) { return .unchanged(.empty) }
        let keys = kept?.rolled(secret: secret, nowMs: nowMs) ?? TokenKeys(secret: secret, nowMs: nowMs)
        var mutation = Mutation()
        mutation.put(TokenKeysRow.key, TokenKeysRow(keys).image)
        return Planned(mutation, Answer(.empty, [.tokenKeysRolled(keys)]))
    }
}
