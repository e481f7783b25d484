/// What a trial has reported of the metric that is optimised, in order of its steps.
public struct MetricSeries: Hashable, Sendable {
    /// One report.
    public struct Point: Hashable, Sendable, Codable {
        public var step: Int
        public var value: Double

        public init(step: Int, value: Double) {
            self.step = step
            self.value = value
        }
    }

    public private(set) var points: [Point] = []

    public init(_ points: [Point] = []) {
        for point in points { append(point) }
    }

    /// Adds a report. One at or before the last step replaces what it repeats: an attempt that went on from a checkpoint.
    public mutating func append(_ point: Point) {
        while let last = points.last, last.step >= point.step { points.removeLast() }
        points.append(point)
    }

    /// The best value so far; nil without any number.
    func best(_ direction: Direction) -> Double? {
        var best: Double?
        for point in points where !point.value.isNaN && direction.isBetter(point.value, than: best ?? .nan) {
            best = point.value
        }
        return best
    }

    /// The mean of the first `count` values; nil when there are fewer, or one is NaN.
    func mean(first count: Int) -> Double? {
        guard count > 0, points.count >= count else { return nil }
        let mean = points.prefix(count).reduce(0) { $0 + $1.value } / Double(count)
        return mean.isNaN ? nil : mean
    }
}
