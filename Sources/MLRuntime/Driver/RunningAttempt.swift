import Core

/// An attempt that runs, as its driver knows it.
struct RunningAttempt: Sendable {
    let attempt: Int
    let run: RunID
    /// When the driver heard that it began, by its monotonic clock.
    let sinceMs: Int64
    /// Values of the metric that are in `series`, doubles that were replaced included.
    var count: UInt64 = 0
    var series = MetricSeries()
    /// Reports are missing in `series`: they came faster than they were asked for.
    var isTorn = false
    /// When its agent was last told to stop.
    var stopToldMs: Int64?

    init(_ attempt: Int, _ run: RunID, sinceMs: Int64) {
        self.attempt = attempt
        self.run = run
        self.sinceMs = sinceMs
    }

    /// Takes in what was reported.
    mutating func take(_ news: AttemptNews) {
        guard news.count > count else { return }
        if news.count - count > UInt64(news.points.count) { isTorn = true }
        let new = news.points.suffix(Int(clamping: news.count - count))
        for point in new { series.append(MetricSeries.Point(step: point.step, value: point.value)) }
        count = news.count
    }
}
