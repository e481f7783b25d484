import Core
import MetaStore

/// Keeps a master key for tokens; one that is there already stays.
struct EnsureTokenKey: NamespaceOperation {
    var caller: Caller
    /// Random, chosen before.
    var candidate: TokenIssuer

    func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Planned<Answer> {
        guard try view.row(TokenKeyRow.key) == nil else { return .unchanged(.empty) }
        var mutation = Mutation()
        mutation.put(TokenKeyRow.key, TokenKeyRow(candidate).image)
        return Planned(mutation, Answer(.empty))
    }
}
