public import Client
public import Core

/// Trials of one or several experiments side by side: what was set, what came out.
public struct TrialComparison: Sendable {
    /// A trial, by its experiment.
    public struct Row: Sendable {
        public let experiment: ExperimentPaths
        public let trial: Int
        public let state: String
        /// The name of the metric that its experiment optimises.
        public let metric: String
        public let seed: UInt32
        /// Nil for a trial that left no result.
        public let durationMs: Int64?
        /// Equal for trials that read the same bytes from the same places; nil for one that read none.
        public let inputs: String?
        public let parameters: [String: ParameterValue]
        /// The last value of each metric, the one that is optimised as the result has it.
        public let metrics: [String: Double]
    }

    /// Trials to compare.
    public enum Choice: Hashable, Sendable {
        case best(ExperimentPaths)
        /// All that have ended.
        case all(ExperimentPaths)
        case trial(ExperimentPaths, Int)

        var paths: ExperimentPaths {
            switch self {
            case .best(let paths), .all(let paths), .trial(let paths, _): paths
            }
        }
    }

    public private(set) var rows: [Row] = []

    /// Reads the trials in their order. `.fileNotFound` names an experiment, `.invalidArgument` a trial that there is not.
    public init(_ choices: [Choice], on fileSystem: HFSFileSystem) async throws(HFSError) {
        for choice in choices {
            let paths = choice.paths
            let settings = try await ExperimentStore.settings(paths, on: fileSystem)
            let history = try await ExperimentStore.history(paths, on: fileSystem)
            let chosen = try Self.chosen(choice, history, settings)
            let details = try await TrialDetails.read(
                chosen.filter { $0.result != nil }.map(\.index), paths, metric: settings.metric, on: fileSystem)
            let inputs = try await BoundedTasks.map(chosen.map(\.index), atMost: 8) { trial throws(HFSError) in
                try await InputManifest.kept(paths, trial, on: fileSystem)?.fingerprint
            }
            for (trial, inputs) in zip(chosen, inputs) {
                rows.append(Row(paths, settings, trial, details[trial.index], inputs))
            }
        }
    }

    /// The names of all parameters, in their order.
    public var parameters: [String] { Set(rows.flatMap(\.parameters.keys)).sorted() }

    /// The names of all metrics: those that are optimised, then the others.
    public var metrics: [String] {
        let optimised = Set(rows.map(\.metric))
        return optimised.sorted() + Set(rows.flatMap(\.metrics.keys)).subtracting(optimised).sorted()
    }

    private static func chosen(
        _ choice: Choice, _ history: History, _ settings: ExperimentSettings
    ) throws(HFSError) -> [History.Trial] {
        switch choice {
        case .all: return history.trials.filter { $0.result != nil }
        case .best(let paths):
            guard let best = history.best(settings.search.direction) else {
                throw HFSError(.invalidArgument, "No trial has a result yet", subject: paths.root)
            }
            return [best]
        case .trial(let paths, let index):
            guard history.trials.indices.contains(index) else {
                throw HFSError(.invalidArgument, "There is no trial \(index) yet", subject: paths.root)
            }
            return [history.trials[index]]
        }
    }
}

extension TrialComparison.Row {
    fileprivate init(
        _ paths: ExperimentPaths, _ settings: ExperimentSettings, _ trial: History.Trial, _ details: TrialDetails?,
        _ inputs: String?
    ) {
        self.inputs = inputs
        experiment = paths
        self.trial = trial.index
        state = trial.result?.state.rawValue ?? (trial.isBegun ? "RUNNING" : "QUEUED")
        metric = settings.metric
        seed = trial.seed
        durationMs = details.map { $0.endedMs - $0.startedMs }
        parameters = trial.suggestion.parameters
        var metrics = details?.metrics ?? [:]
        if let value = trial.result?.metric { metrics[settings.metric] = value }
        self.metrics = metrics
    }
}
