import Core
import Synchronization

/// The thread that looks at the clock for leases and for work that an error interrupted.
final class NamespaceClock: Sendable {
    /// Lease limits are minutes; a second late is early enough.
    static let tickMs: Int64 = 1000

    private let lock = ConditionLock()
    private let isStopped = Mutex(false)
    private let thread = Mutex<DedicatedThread?>(nil)

    /// Errors: `.io` when the thread cannot start.
    func start(_ tick: @escaping @Sendable () -> Void) throws(HFSError) {
        let started = try DedicatedThread(name: "namespace-clock") { [self] in
            while waitForTick() { tick() }
        }
        thread.withLock { $0 = started }
    }

    func stop() {
        lock.withLock {
            isStopped.withLock { $0 = true }
            lock.broadcast()
        }
        thread.withLock { $0.take() }?.join()
    }

    private func waitForTick() -> Bool {
        lock.withLock {
            guard !isStopped.withLock({ $0 }) else { return false }
            lock.wait(milliseconds: Self.tickMs)
            return !isStopped.withLock { $0 }
        }
    }
}
