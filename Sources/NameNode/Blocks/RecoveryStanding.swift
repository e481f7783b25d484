/// How far the recovery of an open block is.
struct RecoveryStanding: Hashable, Sendable {
    /// What it waits for, for a person.
    var waitsFor: String
    /// No connected datanode has a replica with a byte that a client may have been told of, and all have reported: the block
    /// can only come back with a datanode that is away.
    var isOutOfReach: Bool
}
