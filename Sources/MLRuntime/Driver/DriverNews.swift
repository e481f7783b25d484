import Core

/// What the tasks beside a driver tell it.
enum DriverNews: Sendable {
    /// Attributes below the experiment that were set, in order.
    case changes([FeedEntry])
    /// What running attempts have reported, and which of them fell silent. Also when there is nothing: time has passed.
    case attempts([AttemptNews])
    case failed(HFSError)
}
