package import Core
import DequeModule
import Synchronization

/// Dedicated threads for work that blocks: made when needed, kept for a while, never more than a bound.
///
/// Thread-safe. Blocked work is ended by ending what it waits for (`BlockingSocket.shutdown()`), not by the pool.
package final class ThreadPool: Sendable {
    private struct Work {
        let id: UInt64
        let body: @Sendable () -> Void
    }

    private struct State {
        var queue: Deque<Work> = []
        var nextID: UInt64 = 0
        var threads = 0
        /// Threads that wait for work.
        var idle = 0
        /// Threads that were started and have not asked for work yet.
        var starting = 0
        var isStopped = false
    }

    private let state = Monitor(State())
    private let name: String
    private let threadsMax: Int
    private let queueMax: Int
    private let idleMs: Int64
    private let stackBytes: Int

    /// - Parameters:
    ///   - threadsMax: threads at once.
    ///   - queueMax: pieces of work that may wait for a thread; 0 refuses at once when all are busy.
    ///   - idleMs: how long a thread without work is kept.
    package init(
        name: String, threadsMax: Int, queueMax: Int = 0, idleMs: Int64 = 10_000, stackBytes: Int = 1 << 20
    ) {
        precondition(threadsMax > 0 && queueMax >= 0)
        self.name = name
        self.threadsMax = threadsMax
        self.queueMax = queueMax
        self.idleMs = idleMs
        self.stackBytes = stackBytes
    }

    /// Threads that run work now.
    package var busyCount: Int { state.withLock { $0.threads - $0.idle } }

    /// Runs `body` on a thread of the pool.
    /// - Throws: `.retriable` when all threads are busy and the queue is full, `.cancelled` after `stop`, `.io` when the
    ///   system gives no thread.
    package func submit(_ body: @escaping @Sendable () -> Void) throws(HFSError) {
        let (id, startsThread) = try state.withLock { (state: inout State) throws(HFSError) -> (UInt64, Bool) in
            guard !state.isStopped else { throw HFSError(.cancelled, "\(name) is stopped") }
            let waiting = state.queue.count - state.idle - state.starting
            let canStart = state.threads < threadsMax && waiting >= 0
            guard canStart || waiting < queueMax else {
                throw HFSError(.retriable, "\(name): all \(threadsMax) threads are busy")
            }
            state.nextID += 1
            state.queue.append(Work(id: state.nextID, body: body))
            if canStart {
                state.threads += 1
                state.starting += 1
            }
            return (state.nextID, canStart)
        }
        guard startsThread else {
            state.wakeOne()
            return
        }
        do {
            try startThread(name: name, stackBytes: stackBytes) { [self] in work() }
        } catch {
            // Another thread may have taken the work meanwhile; then all is well.
            let isLeft = state.withLock { state -> Bool in
                state.threads -= 1
                state.starting -= 1
                guard let index = state.queue.firstIndex(where: { $0.id == id }) else { return false }
                state.queue.remove(at: index)
                return true
            }
            if isLeft { throw error }
        }
    }

    /// Runs blocking work from a task and gives its result.
    /// - Parameter onCancel: called when the task is cancelled, from any thread: it must make `body` return soon, for
    ///   example by `BlockingSocket.shutdown()`. The call still waits for `body`.
    /// - Throws: what `submit` and `body` throw.
    package func run<T: Sendable>(
        onCancel: @escaping @Sendable () -> Void = {}, _ body: @escaping @Sendable () throws(HFSError) -> T
    ) async throws(HFSError) -> T {
        let result: Result<T, HFSError> = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Result<T, HFSError>, Never>) in
                let work: @Sendable () -> Void = {
                    do throws(HFSError) {
                        continuation.resume(returning: .success(try body()))
                    } catch {
                        continuation.resume(returning: .failure(error))
                    }
                }
                do throws(HFSError) {
                    try submit(work)
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        } onCancel: {
            onCancel()
        }
        return try result.get()
    }

    /// Refuses new work; what is queued still runs. Returns at once; `waitUntilIdle` waits.
    package func stop() { state.update { $0.isStopped = true } }

    /// Blocks until no thread is left after `stop`; false when `timeoutMs` passed first.
    package func waitUntilStopped(timeoutMs: Int64) -> Bool {
        state.wait(timeoutMs: timeoutMs) { $0.threads == 0 ? true : nil } ?? false
    }

    private func work() {
        var isStarting = true
        while let body = next(&isStarting) { body() }
    }

    /// The next piece of work; nil when this thread, already taken off the count, must end.
    private func next(_ isStarting: inout Bool) -> (@Sendable () -> Void)? {
        var isCountedIdle = false
        let taken: (@Sendable () -> Void)?? = state.wait(timeoutMs: idleMs) { state in
            if isStarting {
                state.starting -= 1
                isStarting = false
            }
            if let work = state.queue.popFirst() {
                if isCountedIdle { state.idle -= 1 }
                return .some(work.body)
            }
            if state.isStopped {
                if isCountedIdle { state.idle -= 1 }
                state.threads -= 1
                return .some(nil)
            }
            if !isCountedIdle {
                state.idle += 1
                isCountedIdle = true
            }
            return nil
        }
        if let taken {
            if taken == nil { state.wakeAll() }
            return taken
        }
        // Idle for long enough, unless work came between the timeout and this lock.
        return state.update { state in
            state.idle -= 1
            if let work = state.queue.popFirst() { return work.body }
            state.threads -= 1
            return nil
        }
    }
}
