import Synchronization

/// A clock that stands still until a test moves it.
package final class ManualClock: HFSClock {
    private let offsetMs = Mutex<Int64>(0)
    private let startMs: Int64

    package init(startMs: Int64 = 1_700_000_000_000) { self.startMs = startMs }

    package func advance(byMs ms: Int64) { offsetMs.withLock { $0 += ms } }
    package var nowMs: Int64 { startMs + monotonicMs }
    package var monotonicMs: Int64 { offsetMs.withLock { $0 } }
    package var monotonicUs: Int64 { monotonicMs * 1000 }
}
