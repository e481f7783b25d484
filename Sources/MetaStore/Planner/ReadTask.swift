internal import Core

/// A read whose rows are not all in memory, on a reader thread.
///
/// `@unchecked Sendable` as its superclass says.
final class ReadTask<R: Sendable>: FetchTask, @unchecked Sendable {
    private let view: PublishedView
    private let body: @Sendable (any MetadataView) throws(PlanInterrupt) -> R
    private let completion: @Sendable (Result<R, HFSError>) -> Void

    init(
        _ view: PublishedView, _ body: @escaping @Sendable (any MetadataView) throws(PlanInterrupt) -> R,
        completion: @escaping @Sendable (Result<R, HFSError>) -> Void
    ) {
        self.view = view
        self.body = body
        self.completion = completion
    }

    func fail(_ error: HFSError) { completion(.failure(error)) }

    /// Runs the body once on what is in memory; nil when rows are wanted.
    func attempt() -> Result<R, HFSError>? {
        view.lock.lock()
        defer { view.lock.unlock() }
        do throws(HFSError) {
            guard try lockedMerge(into: view) else { return nil }
        } catch {
            return .failure(error)
        }
        defer { view.lockedEvict() }
        do throws(PlanInterrupt) {
            return .success(try body(ReadView(view)))
        } catch {
            switch error {
            case .refused(let error): return .failure(error)
            case .needRows(let rows):
                return want(rows) ? nil : .failure(HFSError(.io, "a read asks for rows without end"))
            }
        }
    }

    override func proceed(_ failure: HFSError?) -> Bool {
        if let failure {
            completion(.failure(failure))
            return false
        }
        guard let result = attempt() else { return true }
        completion(result)
        return false
    }
}
