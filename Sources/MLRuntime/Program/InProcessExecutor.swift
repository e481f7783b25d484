import Core
import Synchronization

/// Starts nothing: the trial that it is given is what this process does already. For one trial.
final class InProcessExecutor: Executor {
    private enum State {
        case idle
        case awaited(CheckedContinuation<[String: String]?, Never>)
        case started([String: String])
        case ended
    }

    let program = InProcessProgram()
    private let state = Mutex(State.idle)

    func start(_ request: ProgramRequest) throws(HFSError) -> any RunningProgram {
        let variables = request.environment.reduce(into: [String: String]()) { variables, pair in
            let name = pair.prefix { $0 != "=" }
            variables[String(name)] = String(pair.dropFirst(name.count + 1))
        }
        let waiting = try state.withLock { state throws(HFSError) -> CheckedContinuation<[String: String]?, Never>? in
            switch state {
            case .idle: state = .started(variables)
            case .awaited(let waiting):
                state = .started(variables)
                return waiting
            case .started, .ended:
                throw HFSError(.unsupported, "This process runs its trial once; what it did before is not done again")
            }
            return nil
        }
        waiting?.resume(returning: variables)
        return program
    }

    /// What the trial's program finds in its environment, once it is started; nil when it never will be. Asked once.
    func variables() async -> [String: String]? {
        await withCheckedContinuation { continuation in
            let known = state.withLock { state -> [String: String]?? in
                switch state {
                case .idle:
                    state = .awaited(continuation)
                    return .none
                case .started(let variables): return .some(variables)
                case .awaited, .ended: return .some(nil)
                }
            }
            if case .some(let variables) = known { continuation.resume(returning: variables) }
        }
    }

    /// No trial will be started any more.
    func end() {
        let waiting = state.withLock { state -> CheckedContinuation<[String: String]?, Never>? in
            defer { state = .ended }
            if case .awaited(let waiting) = state { return waiting }
            return nil
        }
        waiting?.resume(returning: nil)
    }
}
