/// How a trial ended.
public struct TrialOutcome: Hashable, Sendable {
    public let number: Int
    public let params: TrialParameters
    public let state: TrialResult.State
    /// The metric that is optimised; nil where none was reported.
    public let metric: Double?
    /// Why it did not finish.
    public let reason: String?
    /// What it left; of a trial that failed its directory alone.
    public let path: String
}
