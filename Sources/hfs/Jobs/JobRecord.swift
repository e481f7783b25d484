import Core
import MLRuntime

/// A job as `--json` prints it.
struct JobRecord: Encodable {
    let id: String
    let path: String
    let project: String
    let user: String
    /// QUEUED, RUNNING, FINISHED, FAILED, KILLED, LOST.
    let state: String
    /// Why it failed, what it waits for.
    let reason: String?
    let createdMs: Int64
    let command: [String]
    let attempt: Int
    let failures: Int
    let workers: Int
    let gpus: Int
    let cpus: Int
    let memoryBytes: Int64
    /// Paths of the jobs that come before.
    let after: [String]
    /// Of its last attempt.
    let agents: [String]
    /// The runs of its last attempt.
    let runs: [String]
    /// Of --env; what is in an --env-file is shown nowhere.
    let environment: [String: String]

    init(_ status: JobStatus) {
        let (settings, claim) = (status.settings, status.claim)
        id = status.paths.id
        path = status.paths.root
        project = settings.project
        user = settings.user
        state = status.state.rawValue
        reason = status.reason
        createdMs = settings.createdMs
        command = settings.command
        attempt = claim.attempt
        failures = claim.failures
        workers = settings.workers
        gpus = settings.resources.gpus
        cpus = settings.resources.cpus
        memoryBytes = settings.resources.memoryBytes
        after = settings.after
        agents = claim.members.map(\.agent)
        runs = claim.members.map { "\(RunID($0.run))" }
        environment = settings.environment
    }
}
