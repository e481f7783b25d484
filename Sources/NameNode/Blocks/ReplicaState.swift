/// State of a replica as its datanode reports it; HDFS's numbers.
package enum ReplicaState: UInt8, Sendable {
    case finalized = 0
    /// Being written.
    case rbw = 1
    /// Was being written when its datanode stopped.
    case rwr = 2
    case underRecovery = 3
    /// A copy on its way, never offered to readers.
    case temporary = 4
}

/// What the namenode decided about a replica.
struct ReplicaFlags: OptionSet, Hashable, Sendable {
    let rawValue: UInt8

    /// Wrong bytes, wrong length or a stale stamp.
    static let corrupt = ReplicaFlags(rawValue: 1)
    /// To be deleted; stays until its datanode reports it gone, and is never counted or offered again.
    static let invalidating = ReplicaFlags(rawValue: 2)
    /// Of a block that this namespace never handed out: neither used nor deleted.
    static let quarantined = ReplicaFlags(rawValue: 4)
    /// Corrupt by a reader's word only, which its datanode has not confirmed. Only with `corrupt`.
    static let claimed = ReplicaFlags(rawValue: 8)
}
