import MLRuntime

/// A trial as `--json` prints it.
struct TrialOutput: Encodable {
    let trial: Int
    /// QUEUED, RUNNING, FINISHED, STOPPED, FAILED, KILLED; LOST where it ran when its driver was killed.
    let state: String
    let metric: Double?
    let step: Int?
    let reason: String?
    let attempts: Int
    let parameters: [String: ParameterValue]
    let budget: Int?
    let parent: Int?
    /// Of an ablation study: what was left out.
    let variant: String?
    let seed: UInt32
    /// What it left, once it has ended with a result.
    let path: String?

    init(_ trial: History.Trial, _ paths: ExperimentPaths, isDriven: Bool) {
        self.trial = trial.index
        let isAsked = trial.suggestion.asked?.isReserved == true
        let open = !trial.isBegun ? "QUEUED" : isDriven || isAsked ? "RUNNING" : "LOST"
        state = trial.result?.state.rawValue ?? open
        metric = trial.result?.metric.flatMap { $0.isNaN ? nil : $0 }
        step = trial.result?.step
        reason = trial.result?.reason
        attempts = trial.attempts
        parameters = trial.suggestion.parameters
        budget = trial.suggestion.budget
        parent = trial.suggestion.parent
        variant = trial.suggestion.variant
        seed = trial.seed
        let isKept = trial.result?.state == .finished || trial.result?.state == .stopped
        path = isKept ? paths.result(trial.index) : nil
    }

    /// `lr=0.01 act=relu`, in the order of the names.
    static func text(_ parameters: [String: ParameterValue]) -> String {
        parameters.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    }
}
