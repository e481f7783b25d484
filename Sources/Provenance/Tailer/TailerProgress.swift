import Core
import Synchronization

/// How far the tailer is, and who waits for it to be further.
final class TailerProgress: Sendable {
    private struct Waiter {
        var id: UInt64
        var lsn: LSN
        var continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var next = LSN.zero
        var ids: UInt64 = 0
        var waiters: [Waiter] = []
        var cancelled: Set<UInt64> = []
    }

    private let state = Mutex(State())

    var next: LSN { state.withLock { $0.next } }

    func advance(to next: LSN) {
        let ready = state.withLock { state in
            state.next = max(state.next, next)
            let ready = state.waiters.filter { $0.lsn <= state.next }
            state.waiters.removeAll { $0.lsn <= state.next }
            return ready
        }
        for waiter in ready { waiter.continuation.resume(returning: true) }
    }

    /// Returns once all records below `lsn` were taken. False when the task was cancelled first.
    func reach(_ lsn: LSN) async -> Bool {
        let id = state.withLock { state in
            state.ids += 1
            return state.ids
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Bool? = state.withLock { state in
                    if state.next >= lsn { return true }
                    if state.cancelled.remove(id) != nil { return false }
                    state.waiters.append(Waiter(id: id, lsn: lsn, continuation: continuation))
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let waiter: Waiter? = state.withLock { state in
                guard let index = state.waiters.firstIndex(where: { $0.id == id }) else {
                    state.cancelled.insert(id)
                    return nil
                }
                return state.waiters.remove(at: index)
            }
            waiter?.continuation.resume(returning: false)
        }
    }
}
