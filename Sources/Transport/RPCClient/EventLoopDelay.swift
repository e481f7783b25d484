package import Core
package import NIOCore
import Synchronization

/// A pause in a task, kept by an event loop's timer: no thread waits, and it ends at once when the task is cancelled.
package enum EventLoopDelay {
    /// - Throws: `.cancelled` when the task is cancelled before the time has passed.
    package static func wait(ms: Int64, on eventLoop: any EventLoop) async throws(HFSError) {
        let state = EventLoopDelayState()
        let isComplete: Bool = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Bool, Never>) in
                guard state.begin(continuation) else { return }
                eventLoop.scheduleTask(in: .milliseconds(max(ms, 0))) { state.finish(true) }
            }
        } onCancel: {
            state.finish(false)
        }
        guard isComplete else { throw HFSError(.cancelled, "The wait was cancelled") }
    }
}

/// One pause: whichever of timer and cancellation comes first ends it.
private final class EventLoopDelayState: Sendable {
    private enum Phase {
        case new
        case waiting(CheckedContinuation<Bool, Never>)
        case ended
    }

    private let phase = Mutex<Phase>(.new)

    /// False when the task was cancelled before; the continuation is then resumed already.
    func begin(_ continuation: CheckedContinuation<Bool, Never>) -> Bool {
        let isNew = phase.withLock { phase -> Bool in
            guard case .new = phase else { return false }
            phase = .waiting(continuation)
            return true
        }
        if !isNew { continuation.resume(returning: false) }
        return isNew
    }

    func finish(_ isComplete: Bool) {
        let waiting = phase.withLock { phase -> CheckedContinuation<Bool, Never>? in
            defer { phase = .ended }
            guard case .waiting(let continuation) = phase else { return nil }
            return continuation
        }
        waiting?.resume(returning: isComplete)
    }
}
