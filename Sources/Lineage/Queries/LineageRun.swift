public import Core

/// A run in an answer.
public struct LineageRun: Hashable, Sendable {
    public var id: RunID
    public var parent: RunID?
    public var name = ""
    public var kind = ""
    public var user = ""
    public var project = ""
    public var command = ""
    public var host = ""
    public var startedMs: Int64 = 0
    /// 0 while it goes on.
    public var endedMs: Int64 = 0
    public var outcome = RunState.running
    public var exitCode: Int32?
    public var role = ""

    public init(_ id: RunID) { self.id = id }

    package init(_ row: RunRow, role: String = "") {
        id = row.id
        parent = row.parent
        name = row.name
        kind = row.kind
        user = row.user
        project = row.project
        command = row.command
        host = row.host
        startedMs = row.startedMs
        endedMs = row.endedMs
        outcome = row.outcome
        exitCode = row.exitCode
        self.role = role
    }
}
