import Core
import Synchronization

/// A door that one thread opens once and another waits for.
final class Gate: Sendable {
    private let lock = ConditionLock()
    private let isOpen = Atomic(false)

    func open() {
        lock.withLock {
            isOpen.store(true, ordering: .releasing)
            lock.broadcast()
        }
    }

    /// False when the door is still closed after `timeoutMs`.
    func wait(timeoutMs: Int64, clock: any HFSClock = SystemClock()) -> Bool {
        let deadlineMs = clock.monotonicMs + timeoutMs
        return lock.withLock {
            while !isOpen.load(ordering: .acquiring) {
                let leftMs = deadlineMs - clock.monotonicMs
                if leftMs <= 0 { return false }
                lock.wait(milliseconds: leftMs)
            }
            return true
        }
    }
}
