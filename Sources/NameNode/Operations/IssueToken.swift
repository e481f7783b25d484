import Core
import MetaStore

/// A token without a run (HDFS `getDelegationToken`).
struct IssueToken: NamespaceOperation {
    var caller: Caller
    var issuer: TokenIssuer
    var renewer: String

    func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Planned<Answer> {
        guard renewer.utf8.count <= Limits.runNameBytesMax else {
            throw refusal(.invalidArgument, "A renewer's name has at most \(Limits.runNameBytesMax) bytes")
        }
        let row = TokenRow(owner: caller.user, renewer: renewer, issuedMs: inputs.nowMs, keyID: issuer.keyID)
        var mutation = Mutation()
        let number = try NewToken.add(row, view, &mutation)
        return Planned(mutation, Answer(.token(issuer.token(row, number: number)), [.tokenIssued(number, row)]))
    }
}
