import Core
import MetaStore

/// Ends a run: its token holds no longer. A run that has ended already stays as it is.
struct EndRun: NamespaceOperation {
    var caller: Caller
    var id: RunID
    var state: RunState
    var exitCode: Int32?

    /// What the run read and has not yet been told is told with its end.
    var run: RunID? { id }
    var outlivesRun: Bool { true }

    func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Planned<Answer> {
        guard state != .running else { throw refusal(.invalidArgument, "A run ends in another state than RUNNING") }
        guard var row = try view.run(id) else { throw refusal(.fileNotFound, "\(id) does not exist") }
        guard row.run.user == caller.user || caller.isSuperuser else {
            throw refusal(.accessDenied, "\(id) is not a run of \(caller.user)")
        }
        guard row.run.state == .running else { return .unchanged(.run(row.run)) }
        var mutation = Mutation()
        row.end(state, exitCode, inputs.nowMs, &mutation)
        return Planned(mutation, Answer(.run(row.run), [.tokenRemoved(row.token)]))
    }
}

extension RunRow {
    /// Writes the end of the run: its row, no token, the event.
    mutating func end(_ state: RunState, _ exitCode: Int32?, _ nowMs: Int64, _ mutation: inout Mutation) {
        run.state = state
        run.endedMs = nowMs
        run.exitCode = exitCode
        mutation.put(Keys.run(run.id), image)
        mutation.delete(Keys.token(token))
        mutation.tell(.runEnded, run, exitCode.map { "\(state) \($0)" } ?? "\(state)")
    }
}
