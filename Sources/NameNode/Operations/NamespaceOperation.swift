import Core
import MetaStore

/// An operation on the namespace in some caller's name.
protocol NamespaceOperation: Operation where Reply == Answer {
    var caller: Caller { get }
    /// The run in whose name it is logged: the caller's, but for what ends a run.
    var run: RunID? { get }
    /// Allowed although `run` has ended.
    var outlivesRun: Bool { get }
    /// What `run` has read is logged with it even when it changes nothing itself.
    var tellsReadsAlone: Bool { get }
}

extension NamespaceOperation {
    var run: RunID? { caller.run }
    var outlivesRun: Bool { false }
    var tellsReadsAlone: Bool { false }
    var origin: EditOrigin { caller.origin }

    func checker(_ view: any MetadataView) -> PermissionChecker { PermissionChecker(caller: caller, view: view) }
}

/// A refusal that a client gets.
func refusal(_ code: HFSError.Code, _ message: String) -> PlanInterrupt { .refused(HFSError(code, message)) }

extension Planned<Answer> {
    /// Nothing to change.
    static func unchanged(_ body: Answer.Body) -> Planned<Answer> { Planned(Mutation(), Answer(body)) }
}
