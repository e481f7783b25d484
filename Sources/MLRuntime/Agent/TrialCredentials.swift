public import Client

/// What a program needs to act in the name of a run, and what is to be removed when it has ended.
public struct TrialCredentials: Sendable {
    /// Variables to set.
    public var environment: [String: String]
    /// Takes back what lies on disk for it.
    public var remove: @Sendable () -> Void

    public init(environment: [String: String], remove: @escaping @Sendable () -> Void) {
        self.environment = environment
        self.remove = remove
    }

    /// Makes credentials for a run that has just begun.
    public typealias Maker = @Sendable (HFSFileSystem.StartedRun) throws -> TrialCredentials
}
