/// How a run stands. Raw values are kept in rows and on the wire: never reuse one.
public enum RunState: UInt8, Sendable, CaseIterable {
    case running = 0, finished, failed, killed
    /// Its token expired before anybody told of its end.
    case lost
}

/// A run: a program, job, trial or attempt to which reads and writes are attributed.
public struct Run: Hashable, Sendable {
    public var id: RunID
    public var name: String
    /// Whose run it is: only this user can act in its name.
    public var user: String
    /// Empty: none was told; so for the other texts.
    public var project: String
    /// The run that it is nested in.
    public var parent: RunID?
    /// job, trial, attempt, copy, ...
    public var kind: String
    public var command: String
    public var host: String
    public var state: RunState
    /// Milliseconds since 1970.
    public var startedMs: Int64
    /// nil while it is running.
    public var endedMs: Int64?
    public var exitCode: Int32?

    public init(
        id: RunID, name: String, user: String, project: String = "", parent: RunID? = nil, kind: String = "",
        command: String = "", host: String = "", state: RunState = .running, startedMs: Int64, endedMs: Int64? = nil,
        exitCode: Int32? = nil
    ) {
        self.id = id
        self.name = name
        self.user = user
        self.project = project
        self.parent = parent
        self.kind = kind
        self.command = command
        self.host = host
        self.state = state
        self.startedMs = startedMs
        self.endedMs = endedMs
        self.exitCode = exitCode
    }
}
