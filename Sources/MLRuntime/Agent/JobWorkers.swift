import Core
import Synchronization

/// The workers of a job that run in this agent, stopped together.
final class JobWorkers: Sendable {
    private struct State {
        var runners: [AttemptRunner] = []
        var cause: AttemptRunner.StopCause?
        var isWarned = false
    }

    private let state = Mutex(State())

    /// The first cause counts, also for workers that start later.
    func stop(_ cause: AttemptRunner.StopCause) {
        let runners = state.withLock { state in
            if state.cause == nil { state.cause = cause }
            return state.runners
        }
        for runner in runners { runner.stop(cause) }
    }

    /// Tells their programs that their time is nearly over.
    func warn() {
        let runners = state.withLock { state in
            state.isWarned = true
            return state.runners
        }
        for runner in runners { runner.warn() }
    }

    var isWarned: Bool { state.withLock { $0.isWarned } }

    /// Why they were stopped; nil when they were not.
    var cause: AttemptRunner.StopCause? { state.withLock { $0.cause } }

    func add(_ runner: AttemptRunner) {
        let cause = state.withLock { state in
            state.runners.append(runner)
            return state.cause
        }
        if let cause { runner.stop(cause) }
    }
}
