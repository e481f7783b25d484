import Core

/// What an experiment call of a program asks for.
struct TrialsRequest: Sendable {
    var search: SearchSettings
    var optimizer: OptimizerChoice
    var metric: String
    var earlyStopping: EarlyStopping
    /// Trials at once.
    var parallel: Int
    var retries: Int
    /// Processes that run one trial together.
    var workers = 1
    /// The trials are left to agents elsewhere.
    var isDetached: Bool

    /// What an ablation study leaves out.
    var ablation: AblationSpace?

    /// The settings of the experiment that runs this program.
    func settings(
        _ experiment: Experiment, _ call: ProgramCall? = nil, user: String
    ) throws(HFSError) -> ExperimentSettings {
        var settings = try ExperimentSettings(
            name: experiment.name, project: experiment.project, user: user, createdMs: ExperimentClock.nowMs,
            command: [ProgramKey.binary] + CommandLine.arguments.dropFirst(), directory: ProgramSearch.currentDirectory,
            search: search, optimizer: optimizer, metric: metric, earlyStopping: earlyStopping, parallel: parallel,
            retries: retries, graceMs: Self.graceMs)
        settings.program = call
        return settings
    }

    /// Between SIGTERM and SIGKILL for a worker that is to stop.
    static let graceMs: Int64 = 10_000
}
