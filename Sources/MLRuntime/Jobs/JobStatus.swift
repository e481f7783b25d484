/// A job as it stands now.
public struct JobStatus: Hashable, Sendable {
    public let paths: JobPaths
    public let settings: JobSettings
    public let claim: JobClaim
    public let state: JobState
    /// Why it failed, or what it waits for.
    public let reason: String?
}
