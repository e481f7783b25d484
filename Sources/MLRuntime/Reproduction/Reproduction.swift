public import Client
public import Core

/// What it takes to run a trial once more.
public struct Reproduction: Sendable {
    public let settings: ExperimentSettings
    public let environment: EnvironmentRecord
    /// The trials to run, in their order: a trial goes on from the checkpoint of the one that it was promoted from.
    public let trials: [PlannedTrial]
    /// Of the trial itself: the last of `trials`.
    public let result: TrialResult
    /// What those trials read; nil for a trial of which nothing was told.
    public let inputs: InputManifest

    /// Reads it from the experiment. `.invalidArgument` for a trial that has left no result, `.unsupported` for an experiment
    /// whose program was not kept.
    public static func read(
        _ paths: ExperimentPaths, trial: Int, on fileSystem: HFSFileSystem
    ) async throws(HFSError) -> Reproduction {
        let settings = try await ExperimentStore.settings(paths, on: fileSystem)
        let history = try await ExperimentStore.history(paths, on: fileSystem)
        guard history.trials.indices.contains(trial), let result = history.trials[trial].result,
            result.state == .finished || result.state == .stopped
        else {
            throw HFSError(.invalidArgument, "Trial \(trial) has left no result to compare with", subject: paths.root)
        }
        guard let environment = try await ProgramCapture.record(paths, on: fileSystem) else {
            throw HFSError(.unsupported, "The experiment's program was not kept", subject: paths.root)
        }
        var chain = [trial]
        while let parent = history.trials[chain[0]].suggestion.parent, history.trials.indices.contains(parent),
            !chain.contains(parent)
        {
            chain.insert(parent, at: 0)
        }
        var (inputs, isWhole): ([InputManifest.Input], Bool) = ([], true)
        for member in chain {
            guard let more = try await InputManifest.kept(paths, member, on: fileSystem) else { continue }
            inputs += more.inputs.filter { !inputs.contains($0) }
            isWhole = isWhole && more.isWhole
        }
        let planned = chain.enumerated().map { number, member in
            var suggestion = history.trials[member].suggestion
            suggestion.parent = number == 0 ? nil : number - 1
            (suggestion.bracket, suggestion.rung, suggestion.slot) = (nil, nil, nil)
            return PlannedTrial(seed: history.trials[member].seed, suggestion: suggestion)
        }
        return Reproduction(
            settings: settings, environment: environment, trials: planned, result: result,
            inputs: InputManifest(inputs, isWhole: isWhole))
    }

    /// The settings of the experiment that runs the trials again: that command, where the program's copy lies.
    public func settings(
        _ command: [String], _ copy: ProgramCopy, user: String, createdMs: Int64
    ) throws(HFSError) -> ExperimentSettings {
        let search = settings.search
        return try ExperimentSettings(
            name: "\(settings.name)-again", project: settings.project, user: user, createdMs: createdMs,
            command: command, directory: copy.directory,
            search: SearchSettings(search.space, direction: search.direction, trials: trials.count, seed: search.seed),
            optimizer: OptimizerChoice(search.space.searched.isEmpty ? "none" : "random"), metric: settings.metric,
            earlyStopping: EarlyStopping([]), parallel: 1, retries: 0, graceMs: settings.graceMs)
    }
}
