/// One value of a metric that a program has reported.
public struct MetricPoint: Hashable, Sendable, Codable {
    public var step: Int
    public var value: Double

    public init(step: Int, value: Double) {
        self.step = step
        self.value = value
    }
}
