import Core
import MetaStore

/// Removes a durable cursor of the event feed; answers whether there was one. For its owner and superusers.
struct RemoveCursor: NamespaceOperation {
    var caller: Caller
    var name: String

    func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Planned<Answer> {
        guard let old = try view.cursor(name) else { return .unchanged(.result(false)) }
        try CursorRules.requireOwner(old, name, caller)
        var mutation = Mutation()
        mutation.delete(Keys.cursor(name))
        return Planned(mutation, Answer(.result(true), [.cursorMoved(name, nil)]))
    }
}
