import Core
import MetaStore

/// Has a token hold for another while, up to the end of its life (HDFS `renewDelegationToken`): by its owner or renewer.
struct RenewToken: NamespaceOperation {
    var caller: Caller
    var number: UInt32

    func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Planned<Answer> {
        guard var row = try view.token(number), row.expiresMs > inputs.nowMs else {
            throw refusal(.invalidToken, "Renewal request for unknown token \(number)")
        }
        guard caller.user == row.renewer || caller.user == row.owner else {
            throw refusal(
                .accessDenied,
                "\(caller.user) tries to renew a token (\(number)) with non-matching renewer \(row.renewer)")
        }
        row.expiresMs = min(inputs.nowMs + row.lifetimeMs, row.maxMs)
        var mutation = Mutation()
        mutation.put(Keys.token(number), row.image)
        return Planned(mutation, Answer(.expiry(row.expiresMs), [.tokenIssued(number, row)]))
    }
}
