import Core
import MLRuntime

/// An experiment as `--json` prints it.
struct ExperimentRecord: Encodable {
    let id: String
    let path: String
    let project: String
    let user: String
    let state: String
    let createdMs: Int64
    let optimizer: String
    let direction: String
    let metric: String
    /// Trials that were begun, and how many of them have ended in which way.
    let trialsBegun: Int
    let ended: [String: Int]
    let best: TrialOutput?
    /// Only where one experiment is shown.
    let trials: [TrialOutput]?

    init(
        _ paths: ExperimentPaths, _ settings: ExperimentSettings, _ history: History, _ state: ExperimentState,
        withTrials: Bool = false
    ) {
        id = paths.id
        path = paths.root
        project = settings.project
        user = settings.user
        self.state = state.rawValue
        createdMs = settings.createdMs
        optimizer = settings.optimizer.name
        direction = settings.search.direction.rawValue
        metric = settings.metric
        trialsBegun = history.trials.count
        ended = history.trials.reduce(into: [:]) { counts, trial in
            if let result = trial.result { counts[result.state.rawValue, default: 0] += 1 }
        }
        best = history.best(settings.search.direction).map { TrialOutput($0, paths, isDriven: state == .running) }
        trials =
            withTrials ? history.trials.map { TrialOutput($0, paths, isDriven: state == .running) } : nil
    }
}
