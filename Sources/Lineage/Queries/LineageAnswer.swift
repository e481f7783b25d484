/// The answer to a question about lineage: versions, runs, and what joins them, each list in the order of the answer.
public struct LineageAnswer: Hashable, Sendable {
    public var nodes: [LineageNode] = []
    public var runs: [LineageRun] = []
    public var edges: [LineageEdge] = []
    /// There is more than an answer holds.
    public var isComplete = true

    /// Nodes of one answer.
    public static let nodesMax = 10_000

    public init() {}
}
