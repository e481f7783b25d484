package import Core

/// What a new block, or one more replica of a block, needs of the cluster.
package struct PlacementRequest: Sendable {
    /// The writer's address, or nil when it should not matter.
    package var writer: String?
    /// Replicas wanted besides `chosen`.
    package var replication: Int
    /// Bytes that must fit on a volume.
    package var blockSize: UInt64
    /// Uuids of datanodes that the client does not want.
    package var excluded: Set<String>
    /// Replicas that are there already; their nodes are not chosen again.
    package var chosen: [LocatedBlock.Location]

    package init(
        writer: String?, replication: Int, blockSize: UInt64, excluded: Set<String> = [],
        chosen: [LocatedBlock.Location] = []
    ) {
        self.writer = writer
        self.replication = replication
        self.blockSize = blockSize
        self.excluded = excluded
        self.chosen = chosen
    }
}
