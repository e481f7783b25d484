/// `attempt.json`: what an attempt was and how it ended, written when it has.
public struct AttemptRecord: Hashable, Sendable, Codable {
    public var trial: Int
    public var attempt: Int
    public var agent: String
    public var run: String
    public var parameters: [String: ParameterValue]
    public var seed: UInt32
    /// Milliseconds since 1970.
    public var startedMs: Int64
    public var endedMs: Int64
    /// The last value of each metric that was reported.
    public var metrics: [String: Double]
    public var result: TrialResult
}
