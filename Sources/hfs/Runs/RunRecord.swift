import Core

/// A run as `--json` prints it.
struct RunRecord: Encodable {
    let id: String
    let name: String
    let user: String
    let project: String
    let parent: String?
    let kind: String
    let command: String
    let host: String
    let state: String
    let startedMs: Int64
    let endedMs: Int64?
    let exitCode: Int32?
    /// What it read and made; nil in a list of runs, and where the provenance service does not answer.
    let files: [RunFile]?

    init(_ run: Run, files: [RunFile]? = nil) {
        self.files = files
        id = "\(run.id)"
        name = run.name
        user = run.user
        project = run.project
        parent = run.parent.map { "\($0)" }
        kind = run.kind
        command = run.command
        host = run.host
        state = "\(run.state)"
        startedMs = run.startedMs
        endedMs = run.endedMs
        exitCode = run.exitCode
    }
}
