/// Where the bytes that are read of a block lie.
enum ReplicaOrigin: Sendable {
    case volume(Volume)
    /// The namenode keeps the block, and sent the bytes: no disk of this node has a part in them.
    case namenode
}
