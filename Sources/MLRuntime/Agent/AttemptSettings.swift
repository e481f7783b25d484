/// What an attempt's runner must know of its experiment or job.
struct AttemptSettings: Hashable, Sendable {
    /// The program and its arguments.
    let command: [String]
    /// Where the program starts.
    let directory: String
    let graceMs: Int64
    let timeLimitMs: Int64?
    /// Checkpoints that are kept while the program runs.
    let checkpointsKept: Int
    let metric: String
    /// An attempt without a value of the metric has failed.
    let needsMetric: Bool

    init(_ settings: ExperimentSettings, at place: ProgramPlace) {
        command = place.command
        directory = place.directory
        graceMs = settings.graceMs
        timeLimitMs = nil
        checkpointsKept = settings.checkpointsKept
        metric = settings.metric
        needsMetric = true
    }

    /// - Parameter folder: where the files that travel with the job lie.
    init(_ settings: JobSettings, in folder: String) {
        command = settings.command
        directory = folder
        graceMs = settings.graceMs
        timeLimitMs = settings.timeLimitMs
        checkpointsKept = ExperimentSettings.checkpointsKeptDefault
        metric = ""
        needsMetric = false
    }

    /// Why an attempt that took too long has failed.
    var overtime: String { "its time limit of \(Double(timeLimitMs ?? 0) / 1000) s was reached" }
}
