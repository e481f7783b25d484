import Core

/// The wall clock, for what is written down.
enum ExperimentClock {
    static var nowMs: Int64 { SystemClock().nowMs }
}
