import Core
import MetaStore

/// Takes a token back: by its owner or renewer (HDFS `cancelDelegationToken`), or because its time is over. Its run, if it
/// acts for one, ends with it.
struct RemoveToken: NamespaceOperation {
    var caller: Caller
    var number: UInt32
    /// Only when it holds no longer; else nothing happens.
    var onlyExpired = false
    /// What the token acts for, as memory knows it: its last reads are told with its end.
    var actsFor: RunID?

    var run: RunID? { actsFor ?? caller.run }
    var outlivesRun: Bool { true }

    func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Planned<Answer> {
        guard let row = try view.token(number) else {
            if onlyExpired { return .unchanged(.empty) }
            throw refusal(.invalidToken, "Token not found: \(number)")
        }
        if onlyExpired, row.expiresMs > inputs.nowMs { return .unchanged(.empty) }
        guard caller.user == row.owner || caller.user == row.renewer || caller.isSuperuser else {
            throw refusal(.accessDenied, "\(caller.user) is not authorized to cancel the token \(number)")
        }
        var mutation = Mutation()
        if let id = row.run, var run = try view.run(id), run.run.state == .running {
            run.end(onlyExpired ? .lost : .killed, nil, inputs.nowMs, &mutation)
        } else {
            mutation.delete(Keys.token(number))
        }
        return Planned(mutation, Answer(.empty, [.tokenRemoved(number)]))
    }
}
