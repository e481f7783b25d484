/// What the namenode says when a file's lease is to be recovered.
public struct LeaseRecoveryAnswer: Hashable, Sendable {
    /// The file is closed; else its recovery runs.
    public let isClosed: Bool
    /// What the recovery waits for, in words for a person; empty when the namenode does not say.
    public let waitsFor: String
}
