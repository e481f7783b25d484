public import Core

/// A run, as events have told of it.
public struct LineageRun: Hashable, Sendable {
    public var id: RunID
    public var parent: RunID?
    public var name = ""
    public var kind = ""
    public var user = ""
    public var project = ""
    public var command = ""
    public var host = ""
    /// 0 for one whose beginning the feed did not tell.
    public var startedMs: Int64 = 0
    /// 0 while it goes on.
    public var endedMs: Int64 = 0
    public var outcome = RunState.running
    public var exitCode: Int32?
    /// What it is to the question; empty outside of answers.
    public var role = ""

    public init(_ id: RunID) { self.id = id }

    /// The run in an answer, as what it is to the question.
    package func playing(_ role: String) -> LineageRun {
        var run = self
        run.role = role
        return run
    }
}
