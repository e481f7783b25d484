/// Time as the parts of hfs see it, so that tests own it. Thread-safe.
package protocol HFSClock: AnyObject, Sendable {
    /// Milliseconds since 1970 by the wall clock: for timestamps in metadata only.
    var nowMs: Int64 { get }
    /// Milliseconds of a clock that never jumps: for leases, timeouts, liveness.
    var monotonicMs: Int64 { get }
    /// Microseconds of the same clock: for measuring how long something takes.
    var monotonicUs: Int64 { get }
}
