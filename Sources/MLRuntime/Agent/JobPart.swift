import Client
import Core

/// An agent's part in an attempt at a job: room for some of its workers, from when it offers them until they have ended.
struct JobPart: Sendable {
    let paths: JobPaths
    let settings: JobSettings
    let started: HFSFileSystem.StartedRun
    /// One for each worker.
    var grants: [ResourceLedger.Grant]
    /// One for each worker.
    var ports: [HeldPort]
    /// What the claim said last.
    var claim: JobClaim
    var isRunning = false
    let workers = JobWorkers()

    /// As the claim tells it.
    func member(_ agent: String, _ address: String) -> JobMember {
        JobMember(agent: agent, run: started.run.id.rawValue, address: address, ports: ports.map(\.number))
    }
}
