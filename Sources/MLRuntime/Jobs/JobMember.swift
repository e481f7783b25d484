import Core

/// An agent's part in an attempt at a job: some of its workers, which it takes or gives back together.
public struct JobMember: Hashable, Sendable, Codable {
    /// `HOST,PID,START`.
    public var agent: String
    /// The run in whose name its workers act.
    public var run: UInt64
    /// Where the other workers reach these.
    public var address: String
    /// One for each of its workers, held for it until it starts.
    public var ports: [UInt16]
    /// All its workers have come to their end, and well.
    public var isDone = false

    var runID: RunID { RunID(run) }
}
