import Core
import Synchronization

/// Wakes connections whose first answer has come; during a burst of answers they are woken at its end, when all of the
/// burst is there. Thread-safe.
final class RPCWakes: BurstObserver {
    private struct State {
        var bursts = 0
        var waiting: [RPCOutbox] = []
    }

    private let state = Mutex(State())

    func wake(_ outbox: RPCOutbox) {
        let isHeld = state.withLock { state in
            if state.bursts > 0 { state.waiting.append(outbox) }
            return state.bursts > 0
        }
        if !isHeld { outbox.wakeEventLoop() }
    }

    func burstBegins() { state.withLock { $0.bursts += 1 } }

    func burstEnds() {
        let due = state.withLock { state -> [RPCOutbox] in
            state.bursts -= 1
            guard state.bursts == 0, !state.waiting.isEmpty else { return [] }
            defer { state.waiting.removeAll(keepingCapacity: true) }
            return state.waiting
        }
        for outbox in due { outbox.wakeEventLoop() }
    }
}
