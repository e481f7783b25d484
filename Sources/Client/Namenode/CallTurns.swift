import Synchronization

/// Lets callers through one at a time, in the order in which they came.
final class CallTurns: Sendable {
    fileprivate struct State {
        var isTaken = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// Runs `body` when all earlier callers are done.
    func run<R, E: Error>(_ body: () async throws(E) -> R) async throws(E) -> R {
        await enter()
        do {
            let result = try await body()
            leave()
            return result
        } catch {
            leave()
            throw error
        }
    }

    private func enter() async {
        if state.withLock({ $0.take() }) { return }
        await withCheckedContinuation { continuation in
            let isTurn = state.withLock { state -> Bool in
                if state.take() { return true }
                state.waiting.append(continuation)
                return false
            }
            if isTurn { continuation.resume() }
        }
    }

    private func leave() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            // The turn passes on without becoming free between.
            if !state.waiting.isEmpty { return state.waiting.removeFirst() }
            state.isTaken = false
            return nil
        }
        next?.resume()
    }
}

extension CallTurns.State {
    fileprivate mutating func take() -> Bool {
        guard !isTaken else { return false }
        isTaken = true
        return true
    }
}
