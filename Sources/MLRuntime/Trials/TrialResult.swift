/// How a trial ended, for good.
public struct TrialResult: Hashable, Sendable, Codable {
    /// The ways to end.
    public enum State: String, Hashable, Sendable, Codable, CaseIterable {
        /// The program came to its end.
        case finished = "FINISHED"
        /// Ended early by a rule; its metric counts.
        case stopped = "STOPPED"
        /// All its attempts failed.
        case failed = "FAILED"
        /// Ended by a person.
        case killed = "KILLED"
    }

    public var state: State
    /// The value of the metric that is optimised; nil where none was reported.
    public var metric: Double?
    /// The step of the last report.
    public var step: Int?
    /// Why it did not finish.
    public var reason: String?

    public init(_ state: State, metric: Double? = nil, step: Int? = nil, reason: String? = nil) {
        self.state = state
        self.metric = metric
        self.step = step
        self.reason = reason
    }

    /// The metric as a loss, where there is one to compare: not of failed trials, never NaN.
    func loss(_ direction: Direction) -> Double? {
        guard state == .finished || state == .stopped, let metric, !metric.isNaN else { return nil }
        return direction.loss(metric)
    }
}
