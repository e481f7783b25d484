/// When a running trial is not worth going on with.
public enum EarlyStopRule: Hashable, Sendable, Codable {
    /// Once `trialsMin` others have ended, at every `interval`th report: its best value is worse than the median of the means
    /// that the ended ones had over as many first reports (Maggy's rule, with its defaults 10 and 1).
    case median(trialsMin: Int, interval: Int)
    /// At `step` or later its best value is not even `value`.
    case threshold(value: Double, step: Int)
    /// `reports` reports in a row brought nothing better by more than `delta`.
    case patience(reports: Int, delta: Double)
    /// It reports NaN.
    case notANumber
}
