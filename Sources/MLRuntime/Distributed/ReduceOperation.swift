/// How the values of all workers become one.
public enum ReduceOperation: String, Hashable, Sendable, CaseIterable {
    case sum
    /// The sum divided by the number of workers.
    case mean
    /// The largest; NaN where any is NaN.
    case max
}
