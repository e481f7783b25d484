public import Core

/// Who did something: a run, or, where none was known, a user at a host. Never guessed.
public struct Agent: Hashable, Sendable, CustomStringConvertible {
    public var run: RunID?
    /// `user@host`; empty for what was there before the feed began.
    public var agent: String

    public init(run: RunID?, agent: String) {
        self.run = run
        self.agent = agent
    }

    package init(_ entry: FeedEntry) {
        run = entry.run
        agent = entry.address.isEmpty ? entry.user : "\(entry.user)@\(entry.address)"
    }

    /// Nobody that is known.
    public static let unknown = Agent(run: nil, agent: "")

    /// Whether the same one did both: the same run from whichever host, else the same user at the same host.
    package func isSame(as other: Agent) -> Bool {
        run != nil || other.run != nil ? run == other.run : agent == other.agent
    }

    public var description: String { run?.description ?? (agent.isEmpty ? "unknown" : agent) }
}
