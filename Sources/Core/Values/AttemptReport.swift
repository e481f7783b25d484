/// What an agent tells of an attempt that runs: that it lives, and how far it is.
public struct AttemptReport: Hashable, Sendable {
    /// In whose name the attempt acts.
    public var run: RunID
    /// The experiment's directory, whose owner may watch and stop the attempt.
    public var experiment: InodeID
    /// Values of the metric so far, those in `points` included.
    public var count: UInt64
    /// The last of them, in the order in which they came.
    public var points: [MetricPoint]

    public init(run: RunID, experiment: InodeID, count: UInt64 = 0, points: [MetricPoint] = []) {
        self.run = run
        self.experiment = experiment
        self.count = count
        self.points = points
    }
}
