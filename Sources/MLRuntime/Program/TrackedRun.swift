public import Core

/// A script or notebook as an experiment of one trial: what it reports, keeps and leaves is kept, nothing is searched and no other
/// process runs.
///
///     let tracked = try await Experiment("notebook").begin(direction: .maximize("accuracy"))
///     try await tracked.trial.report(0.9, step: 1)
///     try await tracked.end(["accuracy": 0.9])
///
/// One that is not ended shows as interrupted when its process is gone.
public final class TrackedRun: Sendable {
    /// The same as a closure gets.
    public let trial: Trial
    private let experiment: Task<Result<SearchResult, HFSError>, Never>
    private let program: InProcessProgram
    private let outputs: TrialOutputs

    init(
        _ trial: Trial, _ experiment: Task<Result<SearchResult, HFSError>, Never>, _ program: InProcessProgram
    ) {
        self.trial = trial
        self.experiment = experiment
        self.program = program
        outputs = TrialOutputs(trial.environment, on: trial.fileSystem)
    }

    /// Ends the run with what it has made. Throws `.fileNotFound` where the metric was neither reported nor given here.
    @discardableResult
    public func end(_ values: [String: any TrialOutput] = [:]) async throws(HFSError) -> SearchResult {
        do throws(HFSError) {
            try await outputs.keep(values)
        } catch {
            program.end(.exited(1))
            _ = await experiment.value
            throw error
        }
        program.end(.exited(0))
        return try await experiment.value.get()
    }

    /// Ends the run as one that failed; `reason` is in its log.
    public func fail(_ reason: String) async {
        try? program.say(reason)
        program.end(.exited(1))
        _ = await experiment.value
    }
}
