import Synchronization

/// A closure that one side sets and another calls, from any threads.
///
/// Not a plain `Mutex<closure>`: in generic storage a closure is kept in its most abstract form, and each access through
/// `withLock` wraps it in two more thunks and stores that back, so that the thousandth call runs through two thousand
/// frames (seen: 98 % of a log thread's time). Inside a struct of its own it is stored as it is.
package final class CallbackSlot<Argument>: Sendable {
    private struct Holder: Sendable {
        let body: @Sendable (Argument) -> Void
    }

    private let holder: Mutex<Holder?>

    package init(_ body: (@Sendable (Argument) -> Void)? = nil) { holder = Mutex(body.map { Holder(body: $0) }) }

    package func set(_ body: @escaping @Sendable (Argument) -> Void) { holder.withLock { $0 = Holder(body: body) } }

    package func clear() { holder.withLock { $0 = nil } }

    /// Runs what is set, if anything, outside the lock.
    package func call(_ argument: Argument) { holder.withLock { $0 }?.body(argument) }

    /// As `call`, and clears it: runs at most once.
    package func callOnce(_ argument: Argument) { holder.withLock { $0.take() }?.body(argument) }
}
