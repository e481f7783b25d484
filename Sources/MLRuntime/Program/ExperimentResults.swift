import Client
import Core

/// Reads what came of an experiment from its journal.
enum ExperimentResults {
    /// The result of an experiment whose trials have all ended; nil while they have not. `.fileNotFound` where no trial has a result.
    static func read(
        _ paths: ExperimentPaths, on fileSystem: HFSFileSystem
    ) async throws(HFSError) -> SearchResult? {
        let settings = try await ExperimentStore.settings(paths, on: fileSystem)
        let history = try await ExperimentStore.history(paths, on: fileSystem)
        guard try ExperimentState(settings, history, driver: nil) == .finished else { return nil }
        let trials = history.trials.compactMap { trial -> TrialOutcome? in
            guard let result = trial.result else { return nil }
            let isKept = result.state == .finished || result.state == .stopped
            return TrialOutcome(
                number: trial.index, params: TrialParameters(trial.suggestion.parameters), state: result.state,
                metric: result.metric, reason: result.reason,
                path: isKept ? paths.result(trial.index) : paths.trial(trial.index))
        }
        guard let index = history.best(settings.search.direction)?.index else {
            throw HFSError(
                .fileNotFound, "No trial has a result", subject: paths.root, cause: trials.compactMap(\.reason).first)
        }
        let best = trials[index]
        return SearchResult(
            path: paths.root, best: best, outputs: try await outputs(in: best.path, on: fileSystem), trials: trials)
    }

    private static func outputs(
        in result: String, on fileSystem: HFSFileSystem
    ) async throws(HFSError) -> [String: ParameterValue] {
        let path = "\(result)/outputs.json"
        guard try await fileSystem.exists(path) else { return [:] }
        return try CanonicalJSON.value([String: ParameterValue].self, from: try await fileSystem.contents(of: path))
    }
}
