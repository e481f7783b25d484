import Core
import MetaStore

/// A record for reads alone: of a run that reads much and changes nothing.
struct TellReads: NamespaceOperation {
    var caller: Caller
    var tellsReadsAlone: Bool { true }

    func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Planned<Answer> {
        .unchanged(.empty)
    }
}
