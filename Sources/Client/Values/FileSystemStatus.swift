/// Capacity and health of a cluster: what `df` shows.
public struct FileSystemStatus: Hashable, Sendable {
    public var capacityBytes: UInt64
    public var usedBytes: UInt64
    public var remainingBytes: UInt64
    public var underReplicatedBlocks: UInt64
    public var corruptBlocks: UInt64
    public var missingBlocks: UInt64

    public init(
        capacityBytes: UInt64, usedBytes: UInt64, remainingBytes: UInt64, underReplicatedBlocks: UInt64,
        corruptBlocks: UInt64, missingBlocks: UInt64
    ) {
        self.capacityBytes = capacityBytes
        self.usedBytes = usedBytes
        self.remainingBytes = remainingBytes
        self.underReplicatedBlocks = underReplicatedBlocks
        self.corruptBlocks = corruptBlocks
        self.missingBlocks = missingBlocks
    }
}
