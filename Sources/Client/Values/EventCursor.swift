public import Core

/// A durable place in the event feed, under a name: the namenode keeps events from it on, within its limits.
public struct EventCursor: Hashable, Sendable {
    public var name: String
    /// The first record that its consumer has not taken.
    public var lsn: LSN
    /// Who made it.
    public var owner: String
    /// When it last moved, milliseconds since 1970.
    public var updatedMs: Int64
    /// Events behind it are gone: the consumer was away for too long, or the namenode's disk was full.
    public var isBeyondRetention: Bool
}
