/// Who is changing a replica now: a writer, a recovery, a deletion. The store lets one at a time.
protocol ReplicaOwner: AnyObject, Sendable {
    /// Asks the owner to let go soon: another must have the replica. Any thread; must not block.
    func stopOwning()
}

/// An owner that needs no telling, because it is quick by itself.
final class BriefReplicaOwner: ReplicaOwner {
    func stopOwning() {}
}
