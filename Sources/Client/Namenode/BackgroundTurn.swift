import Synchronization

/// Runs one thing at a time beside its owner, who waits for its end in the end. Thread-safe.
final class BackgroundTurn: Sendable {
    private struct State {
        var task: Task<Void, Never>?
        var isRunning = false
        var isEnded = false
    }

    private let state = Mutex(State())

    deinit { state.withLock { $0.task?.cancel() } }

    /// Starts `body`, unless the one before still runs or ``end()`` was called.
    func run(_ body: @escaping @Sendable () async -> Void) {
        state.withLock { state in
            guard !state.isRunning, !state.isEnded else { return }
            state.isRunning = true
            state.task = Task { [weak self] in
                await body()
                self?.state.withLock { $0.isRunning = false }
            }
        }
    }

    /// Waits for what runs; nothing runs from here on.
    func end() async {
        let task = state.withLock { state in
            state.isEnded = true
            return state.task
        }
        await task?.value
    }
}
