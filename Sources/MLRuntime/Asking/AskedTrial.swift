/// A trial that was asked for.
public struct AskedTrial: Hashable, Sendable {
    public let trial: Int
    public let seed: UInt32
    public let parameters: [String: ParameterValue]
    public let budget: Int?

    /// Whose claim a trial has that is run by who asked for it.
    static let agent = "ask"

    init(_ order: QueuedTrial) {
        trial = order.trial
        seed = order.seed
        parameters = order.suggestion.parameters
        budget = order.suggestion.budget
    }
}
