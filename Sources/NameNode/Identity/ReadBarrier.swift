import Core
import MetaStore
import Synchronization

/// Waits for the records of a round of reads. Thread-safe.
final class ReadBarrier: Sendable {
    private struct State {
        var left: Int
        var isDurable = true
    }

    private let state: Mutex<State>
    private let done: @Sendable (Bool) -> Void

    /// - Parameter done: called once, after `count` arrivals; with false when the log did not take all.
    init(count: Int, _ done: @escaping @Sendable (Bool) -> Void) {
        state = Mutex(State(left: count))
        self.done = done
    }

    func arrived(_ result: Result<Outcome<Answer>, HFSError>) {
        let isDurable = state.withLock { state -> Bool? in
            // A run that has ended has told all with its end.
            if case .failure(let error) = result, error.code != .invalidToken { state.isDurable = false }
            state.left -= 1
            return state.left == 0 ? state.isDurable : nil
        }
        if let isDurable { done(isDurable) }
    }
}
