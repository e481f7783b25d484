internal import Core

/// An operation on its way: its plan, then its answer.
///
/// `@unchecked Sendable` as its superclass says.
class PlannerJob: FetchTask, @unchecked Sendable {
    enum Result {
        case none, done
        case replayed([UInt8])
        case failed(HFSError)
    }

    let retry: RetryKey?
    var result = Result.none
    /// Where a deferred job goes back to.
    weak var planner: Planner?

    init(retry: RetryKey?) { self.retry = retry }

    var origin: EditOrigin { EditOrigin(user: "") }

    /// Runs the operation's plan and keeps its reply.
    func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Mutation { Mutation() }

    /// Tells the operation that its mutation is in the batch.
    func logged() {}

    /// The reply's wire form, after `plan`.
    func answer() -> [UInt8] { [] }

    /// Calls the completion. `failure` overrides the result: the log did not take the batch.
    func finish(_ failure: HFSError?) {}

    override func proceed(_ failure: HFSError?) -> Bool {
        if let failure { result = .failed(failure) }
        planner?.requeue(self)
        return false
    }
}

/// A `PlannerJob` of one kind of operation.
///
/// `@unchecked Sendable` as its superclass says.
final class OperationJob<O: Operation>: PlannerJob, @unchecked Sendable {
    private let operation: O
    private let completion: @Sendable (Swift.Result<Outcome<O.Reply>, HFSError>) -> Void
    private var reply: O.Reply?

    init(
        _ operation: O, retry: RetryKey?,
        completion: @escaping @Sendable (Swift.Result<Outcome<O.Reply>, HFSError>) -> Void
    ) {
        self.operation = operation
        self.completion = completion
        super.init(retry: retry)
    }

    override var origin: EditOrigin { operation.origin }

    override func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Mutation {
        let planned = try operation.plan(view, &inputs)
        reply = planned.reply
        return planned.mutation
    }

    override func logged() { operation.logged() }

    override func answer() -> [UInt8] { reply?.wireBytes() ?? [] }

    override func finish(_ failure: HFSError?) {
        if let failure { return completion(.failure(failure)) }
        switch result {
        case .failed(let error): completion(.failure(error))
        case .replayed(let bytes): completion(.success(.replayed(bytes)))
        case .done, .none:
            guard let reply else { return completion(.failure(HFSError(.io, "the operation did not run"))) }
            completion(.success(.done(reply)))
        }
    }
}
