/// What a search is for: a metric, and which of its values are the better ones.
public struct Objective: Hashable, Sendable {
    public var metric: String
    public var direction: Direction

    public init(_ metric: String, _ direction: Direction) {
        self.metric = metric
        self.direction = direction
    }

    public static func maximize(_ metric: String) -> Objective { Objective(metric, .maximize) }
    public static func minimize(_ metric: String) -> Objective { Objective(metric, .minimize) }
}
