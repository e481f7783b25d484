import Glibc

/// The host's clocks.
package final class SystemClock: HFSClock {
    package init() {}

    package var nowMs: Int64 { Self.readUs(CLOCK_REALTIME) / 1000 }
    package var monotonicMs: Int64 { Self.readUs(CLOCK_MONOTONIC) / 1000 }
    package var monotonicUs: Int64 { Self.readUs(CLOCK_MONOTONIC) }

    private static func readUs(_ id: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(id, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }
}
