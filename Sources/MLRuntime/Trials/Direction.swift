/// Which values of a metric are the better ones.
public enum Direction: String, Hashable, Sendable, Codable, CaseIterable {
    case maximize = "max"
    case minimize = "min"

    /// `value` as a loss: lower is better.
    func loss(_ value: Double) -> Double { self == .minimize ? value : -value }

    /// Whether `first` is strictly better than `second`. Nothing is better than a number but a number.
    public func isBetter(_ first: Double, than second: Double) -> Bool {
        if first.isNaN { return false }
        return second.isNaN || loss(first) < loss(second)
    }
}
