/// What a driver tells of its experiment while it runs.
public enum DriverEvent: Hashable, Sendable {
    case started(trial: Int, attempt: Int, parameters: [String: ParameterValue])
    case retried(trial: Int, reason: String)
    case stopping(trial: Int, reason: String)
    case ended(trial: Int, result: TrialResult)
}
