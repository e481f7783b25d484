import Core
import MetaStore

/// An operation on the namespace in some caller's name.
protocol NamespaceOperation: Operation where Reply == Answer {
    var caller: Caller { get }
}

extension NamespaceOperation {
    var origin: EditOrigin { caller.origin }

    func checker(_ view: any MetadataView) -> PermissionChecker { PermissionChecker(caller: caller, view: view) }
}

/// A refusal that a client gets.
func refusal(_ code: HFSError.Code, _ message: String) -> PlanInterrupt { .refused(HFSError(code, message)) }

extension Planned<Answer> {
    /// Nothing to change.
    static func unchanged(_ body: Answer.Body) -> Planned<Answer> { Planned(Mutation(), Answer(body)) }
}
