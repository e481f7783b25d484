internal import Core

/// The wall clock, for what is written down.
package enum ExperimentClock {
    package static var nowMs: Int64 { SystemClock().nowMs }
}
