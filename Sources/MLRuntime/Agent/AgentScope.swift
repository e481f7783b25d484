/// Where an agent looks for work.
struct AgentScope: Hashable, Sendable {
    /// The directory whose events it follows.
    let watched: String
    /// Below this trials wait; nil: it takes none.
    let trials: String?
    /// In this jobs wait; nil: it takes none.
    let jobs: String?
    /// The only job that it takes.
    let onlyJob: String?
    /// Where it shows that it lives.
    let signs: String

    /// A project, a job, a trial, or a directory with trials: an experiment or all of a project's.
    init(_ path: String) {
        let parts = path.split(separator: "/")
        watched = path
        if parts.count == 2, parts[0] == "Projects" {
            let project = String(parts[1])
            trials = ExperimentPaths.experiments(of: project)
            jobs = JobPaths.jobs(of: project)
            onlyJob = nil
            signs = Agent.agentsDirectory(ExperimentPaths.experiments(of: project))
        } else if let job = JobPaths.job(at: path) {
            trials = nil
            jobs = "/" + parts.dropLast().joined(separator: "/")
            onlyJob = job.root
            signs = Agent.agentsDirectory(path)
        } else {
            trials = path
            jobs = nil
            onlyJob = nil
            // Drivers look there.
            signs = Agent.agentsDirectory(ExperimentPaths.trial(at: path)?.experiment.root ?? path)
        }
    }
}
