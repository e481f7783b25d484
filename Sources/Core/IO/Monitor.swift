/// Shared state that threads wait on: a `ConditionLock` with what it guards. For dedicated threads only; an event loop or
/// a task must not wait here.
///
/// `@unchecked Sendable`: `state` is touched only with the lock held, and what goes in or out crosses by `sending` or is
/// made inside.
package final class Monitor<State>: @unchecked Sendable {
    private let lock = ConditionLock()
    private var state: State

    package init(_ initial: sending State) { state = initial }

    /// Runs the body with the lock held, waking nobody.
    package func withLock<R, E: Error>(_ body: (inout State) throws(E) -> R) throws(E) -> R {
        lock.lock()
        defer { lock.unlock() }
        return try body(&state)
    }

    /// Runs the body with the lock held, then wakes every waiter.
    package func update<R, E: Error>(_ body: (inout State) throws(E) -> R) throws(E) -> R {
        lock.lock()
        defer {
            lock.broadcast()
            lock.unlock()
        }
        return try body(&state)
    }

    package func wakeOne() { lock.signal() }
    package func wakeAll() { lock.broadcast() }

    /// Blocks until `body` gives a value, asking again after every wake-up. Nil when `timeoutMs` passed first; without it
    /// there is no limit.
    package func wait<R>(timeoutMs: Int64? = nil, until body: (inout State) -> R?) -> R? {
        let clock = SystemClock()
        let deadline = timeoutMs.map { clock.monotonicMs + min(max($0, 0), 1 << 40) }
        lock.lock()
        defer { lock.unlock() }
        while true {
            if let result = body(&state) { return result }
            guard let deadline else {
                lock.wait()
                continue
            }
            let left = deadline - clock.monotonicMs
            guard left > 0 else { return nil }
            lock.wait(milliseconds: left)
        }
    }
}
