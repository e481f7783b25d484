import Client
import Core

/// A trial that was chosen before its experiment began.
public struct PlannedTrial: Hashable, Sendable {
    public var seed: UInt32
    public var suggestion: Suggestion

    public init(seed: UInt32, suggestion: Suggestion) {
        self.seed = seed
        self.suggestion = suggestion
    }

    /// Writes the trials as the first decisions of an experiment that has no name yet: who drives it then offers them. Its
    /// `trials` are as many, so that its optimizer adds none.
    static func write(
        _ trials: [PlannedTrial], _ paths: ExperimentPaths, on fileSystem: HFSFileSystem
    ) async throws(HFSError) {
        var bytes: [UInt8] = []
        for (number, trial) in trials.enumerated() {
            bytes += try Journal.line(.enqueued(trial: number, seed: trial.seed, suggestion: trial.suggestion))
        }
        try await fileSystem.write(bytes, to: paths.journal)
    }
}
