import Glibc

/// The host's clocks.
package final class SystemClock: HFSClock {
    package init() {}

    package var nowMs: Int64 { Self.read(CLOCK_REALTIME) }
    package var monotonicMs: Int64 { Self.read(CLOCK_MONOTONIC) }

    private static func read(_ id: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(id, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
