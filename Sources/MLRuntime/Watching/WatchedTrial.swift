/// A trial as somebody sees it who watches.
public struct WatchedTrial: Hashable, Sendable {
    public let trial: Int
    /// The last attempt that began; 0 before the first.
    public internal(set) var attempt: Int
    /// QUEUED, RUNNING, FINISHED, STOPPED, FAILED, KILLED.
    public internal(set) var state: String
    public internal(set) var metric: Double?
    public internal(set) var reason: String?
    public internal(set) var parameters: [String: ParameterValue]

    init(_ trial: Int) {
        self.trial = trial
        (attempt, state, parameters) = (0, Self.queued, [:])
    }

    init(_ known: History.Trial) {
        trial = known.index
        attempt = known.attempts
        state = known.result?.state.rawValue ?? (known.isBegun ? Self.running : Self.queued)
        metric = known.result?.metric
        reason = known.result?.reason
        parameters = known.suggestion.parameters
    }

    private static let queued = "QUEUED"
    private static let running = "RUNNING"

    /// Takes in what the trial's claim says now.
    mutating func take(_ claim: TrialClaim) {
        switch claim {
        case .queued: state = Self.queued
        case .running(let attempt, _, _):
            (self.attempt, state) = (attempt, Self.running)
        case .failed(let attempt, _, let result), .ended(let attempt, _, let result):
            self.attempt = attempt
            state = result.state.rawValue
            metric = result.metric
            reason = result.reason
        }
    }
}
