/// The early stopping of a search: its rules, asked after each report of a running trial. Pure.
public struct EarlyStopping: Hashable, Sendable, Codable {
    public var rules: [EarlyStopRule]

    public init(_ rules: [EarlyStopRule]) { self.rules = rules }

    /// Why the trial with these reports is to be stopped, in words; nil when it is not.
    ///
    /// - Parameter ended: the series of the trials that have ended and whose metric counts.
    public func reason(_ series: MetricSeries, ended: [MetricSeries], _ direction: Direction) -> String? {
        for rule in rules {
            if let reason = Self.reason(rule, series, ended, direction) { return reason }
        }
        return nil
    }

    private static func reason(
        _ rule: EarlyStopRule, _ series: MetricSeries, _ ended: [MetricSeries], _ direction: Direction
    ) -> String? {
        guard let last = series.points.last else { return nil }
        let count = series.points.count
        switch rule {
        case .notANumber:
            return last.value.isNaN ? "it reported NaN at step \(last.step)" : nil
        case .threshold(let value, let step):
            guard last.step >= step else { return nil }
            if let best = series.best(direction), !direction.isBetter(value, than: best) { return nil }
            return "it has not reached \(value) by step \(last.step)"
        case .patience(let reports, let delta):
            return isStale(series, reports, delta, direction)
                ? "no better value in \(reports) reports, by step \(last.step)" : nil
        case .median(let trialsMin, let interval):
            guard ended.count >= trialsMin, count.isMultiple(of: interval), let best = series.best(direction),
                let median = median(ended.compactMap { $0.mean(first: count) }), direction.isBetter(median, than: best)
            else { return nil }
            return "its best value \(best) is worse than the median \(median) of \(count) reports, at step \(last.step)"
        }
    }

    private static func isStale(_ series: MetricSeries, _ reports: Int, _ delta: Double, _ direction: Direction) -> Bool
    {
        var best: Double?
        var bestIndex = 0
        for (index, point) in series.points.enumerated() where !point.value.isNaN {
            guard let known = best else {
                best = point.value
                bestIndex = index
                continue
            }
            if direction.loss(point.value) < direction.loss(known) - delta {
                best = point.value
                bestIndex = index
            }
        }
        return best != nil && series.points.count - 1 - bestIndex >= reports
    }

    private static func median(_ values: [Double]) -> Double? {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }
}
