public import Core

/// What a job is: `job.json`, written once before the job has its name.
public struct JobSettings: Hashable, Sendable, Codable {
    public var name: String
    public var project: String
    public var user: String
    /// Milliseconds since 1970. Older jobs come first.
    public var createdMs: Int64
    /// The program and its arguments, as they are in the directory into which `files` are laid.
    public var command: [String]
    /// What travels with the job, below its `program` directory.
    public var files: [ProgramFile] = []
    /// Variables that everybody may see who may see the job.
    public var environment: [String: String] = [:]
    /// There are variables in a file of their own that only the job's user can read.
    public var hasSecrets = false
    /// Of each worker.
    public var resources = Resources.none
    public var workers = 1
    /// Paths of jobs that must have finished before.
    public var after: [String] = []
    /// Times that it is tried again after a program failed. Attempts lost with their agent do not count.
    public var retries = 0
    /// How long one attempt may take.
    public var timeLimitMs: Int64?
    /// Between SIGTERM and SIGKILL for a program that is to stop.
    public var graceMs: Int64 = 10_000

    public init(
        name: String, project: String, user: String, createdMs: Int64, command: [String]
    ) throws(HFSError) {
        guard !command.isEmpty else { throw HFSError(.invalidArgument, "A job needs a program") }
        for (what, text) in [("job", name), ("project", project)] {
            guard !text.isEmpty, !text.hasPrefix("."), !text.contains("/"), text.utf8.count <= 200 else {
                throw HFSError(.invalidArgument, "'\(text)' is no name of a \(what)")
            }
        }
        self.name = name
        self.project = project
        self.user = user
        self.createdMs = createdMs
        self.command = command
    }

    /// `.invalidArgument` for what no job can be; called before one is made.
    public func check() throws(HFSError) {
        guard (1...1000).contains(workers) else {
            throw HFSError(.invalidArgument, "\(workers) workers: between 1 and 1000")
        }
        guard retries >= 0, graceMs >= 0, timeLimitMs ?? 1 > 0 else {
            throw HFSError(.invalidArgument, "Retries and times are not negative, and a time limit is not 0")
        }
    }
}
