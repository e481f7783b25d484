import Core
import MetaStore

/// An operation in the name of a run: refused once the run has ended, as its plan sees it, and telling ahead of its own events
/// what the run has read.
struct RunOperation<Inner: NamespaceOperation>: Operation {
    typealias Reply = Answer

    private let operation: Inner
    private let id: RunID
    private let reads: TracedReads

    init(_ operation: Inner, run: RunID, reads: TracedReads) {
        self.operation = operation
        id = run
        self.reads = reads
    }

    var origin: EditOrigin {
        var origin = operation.origin
        origin.run = id
        return origin
    }

    func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Planned<Answer> {
        if !operation.outlivesRun {
            guard try view.isRunning(id) else {
                throw refusal(.invalidToken, "\(id) of \(operation.caller.user) has ended")
            }
        }
        var planned = try operation.plan(view, &inputs)
        guard !planned.mutation.isEmpty || operation.tellsReadsAlone else { return planned }
        let told = reads.pending(id)
        if !told.isEmpty { planned.mutation.events.insert(contentsOf: told, at: 0) }
        return planned
    }

    func logged() { reads.logged(id) }
}
