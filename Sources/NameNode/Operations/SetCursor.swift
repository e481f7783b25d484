import Core
import MetaStore

/// Moves a durable cursor of the event feed, or makes one. For its owner - who made it - and superusers.
struct SetCursor: NamespaceOperation {
    var caller: Caller
    var name: String
    var lsn: LSN
    var mayCreate: Bool

    func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Planned<Answer> {
        let old = try view.cursor(name)
        if let old {
            try CursorRules.requireOwner(old, name, caller)
            guard old.lsn != lsn else { return .unchanged(.empty) }
        } else {
            guard mayCreate else { throw refusal(.fileNotFound, "There is no cursor \(name)") }
            try CursorRules.checkRoom(for: caller, view)
        }
        var mutation = Mutation()
        mutation.put(
            Keys.cursor(name),
            CursorRow(lsn: lsn, owner: old?.owner ?? caller.user, updatedMs: inputs.nowMs).image)
        return Planned(mutation, Answer(.empty, [.cursorMoved(name, lsn)]))
    }
}
