/// What there is to know of an attempt beyond what the asker knew.
public struct AttemptNews: Hashable, Sendable {
    public var run: RunID
    /// Values of the metric so far.
    public var count: UInt64
    /// The last of those that the asker did not know. Fewer than it lacks when they came faster than it asked.
    public var points: [MetricPoint]
    /// Its agent has not told of it for the whole lease.
    public var isSilent: Bool

    public init(run: RunID, count: UInt64, points: [MetricPoint], isSilent: Bool) {
        self.run = run
        self.count = count
        self.points = points
        self.isSilent = isSilent
    }
}
