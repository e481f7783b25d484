internal import Core
internal import Synchronization

/// Safemode as the rest of the namenode sees it: is it on, and tell me when it is off.
package final class Safemode: Sendable {
    private let flag = Atomic<Bool>(true)
    private let manager = Mutex(WeakManager())

    private struct WeakManager {
        weak var manager: BlockManager?
    }

    init() {}

    func attach(_ new: BlockManager) { manager.withLock { $0.manager = new } }
    func set(isOn: Bool) { flag.store(isOn, ordering: .releasing) }
    private var current: BlockManager? { manager.withLock { $0.manager } }

    /// True while nothing may be written. One atomic load.
    package var isOn: Bool { flag.load(ordering: .acquiring) }

    /// Calls `done` once: with true when safemode is off (at once, on this thread, when it is), with false after `withinMs`.
    package func whenOff(withinMs: Int64, _ done: @escaping @Sendable (Bool) -> Void) {
        guard isOn, let manager = current else { return done(!isOn) }
        let deadlineMs = manager.clock.monotonicMs + withinMs
        manager.update { $0.whenSafemodeOff(deadlineMs: deadlineMs, done) }
        if withinMs < BlockMonitor.tickMs { manager.monitor.wake() }
    }

    /// Turns it on until `leave`.
    package func enter() { current?.update { $0.enterSafemode() } }

    /// Turns it off, whatever the datanodes reported.
    package func leave() {
        guard let manager = current else { return }
        let nowMs = manager.clock.monotonicMs
        manager.update { $0.leaveSafemode(nowMs: nowMs) }
    }

    /// On because somebody turned it on: it stays until somebody turns it off.
    var isManual: Bool { isOn && current?.update { $0.safemode.phase == .manual } == true }

    /// Why it is on, for people.
    package var reason: String {
        current?.update { $0.safemode.reason($0.safemodeProgress()) } ?? ""
    }
}
