/// What an experiment call of a program asks for.
struct TrialsRequest: Sendable {
    var search: SearchSettings
    var optimizer: OptimizerChoice
    var metric: String
    var earlyStopping: EarlyStopping
    /// Trials at once.
    var parallel: Int
    var retries: Int
    /// The trials are left to agents elsewhere.
    var isDetached: Bool

    /// Between SIGTERM and SIGKILL for a worker that is to stop.
    static let graceMs: Int64 = 10_000
}
