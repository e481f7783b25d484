import Core
import DequeModule
import Logging
import MetaStore
import Synchronization

/// Frees what recursive deletes unlinked, one small mutation after the other, so that other operations pass in between.
final class Reclaimer: Sendable {
    private struct State {
        var queue = Deque<InodeID>()
        var isRunning = false
        var isStopped = false
    }

    private let writer: NamespaceWriter
    private let logger: Logger
    private let state = Mutex(State())

    init(writer: NamespaceWriter, logger: Logger) {
        self.writer = writer
        self.logger = logger
        writer.setReclaimer { [weak self] inode in self?.enqueue([inode]) }
    }

    /// Subtrees waiting or in work.
    var pendingCount: Int { state.withLock { $0.queue.count + ($0.isRunning ? 1 : 0) } }

    func enqueue(_ roots: [InodeID]) {
        let starts = state.withLock { state in
            state.queue.append(contentsOf: roots)
            return Self.takesTurn(&state)
        }
        if starts { next() }
    }

    /// Goes on after an error; called by the clock.
    func resume() { enqueue([]) }

    func stop() { state.withLock { $0.isStopped = true } }

    private static func takesTurn(_ state: inout State) -> Bool {
        guard !state.isRunning, !state.isStopped, !state.queue.isEmpty else { return false }
        state.isRunning = true
        return true
    }

    private func next() {
        let root: InodeID? = state.withLock { state in
            guard !state.isStopped, let first = state.queue.popFirst() else {
                state.isRunning = false
                return nil
            }
            return first
        }
        guard let root else { return }
        step(root)
    }

    private func step(_ root: InodeID) {
        writer.submit(Reclaim(caller: writer.ownCaller, root: root)) { [self] result in
            switch result {
            case .success(.done(let answer)) where answer.body != .result(true):
                if state.withLock({ $0.isStopped }) { return }
                step(root)
            case .success: next()
            case .failure(let error):
                // Space or the queue's bound: the clock tries again. Rows that are damaged stay, named here.
                logger.error("reclaim-failed", metadata: ["inode": "\(root)", "error": "\(error)"])
                state.withLock {
                    $0.isRunning = false
                    if error.code.isRetryable { $0.queue.append(root) }
                }
            }
        }
    }
}
