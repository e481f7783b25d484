/// How a job stands: derived, so that a killed process leaves nothing that runs for ever.
public enum JobState: String, Hashable, Sendable, CaseIterable {
    /// Waits for an agent, or for the jobs before it.
    case queued = "QUEUED"
    case running = "RUNNING"
    case finished = "FINISHED"
    case failed = "FAILED"
    case killed = "KILLED"
    /// An agent of it is gone; the next agent that looks tries it again.
    case lost = "LOST"
}
