/// A block of a file with the datanodes that hold it, nearest first.
public struct LocatedBlock: Sendable {
    /// One replica: the node, and the volume on it.
    public struct Location: Hashable, Sendable {
        public var datanode: DatanodeDescriptor
        public var storageID: String
        public var storageKind: StorageKind

        public init(datanode: DatanodeDescriptor, storageID: String, storageKind: StorageKind) {
            self.datanode = datanode
            self.storageID = storageID
            self.storageKind = storageKind
        }
    }

    public var block: Block
    /// Of the block's first byte in the file. `UInt64.max` when it has none yet.
    public var offset: UInt64
    public var locations: [Location]
    /// Every known replica is corrupt.
    public var isCorrupt: Bool
    /// What a reader shows to the datanodes; nil for one in no run's name.
    public var token: BlockAccessToken?

    public init(
        block: Block, offset: UInt64, locations: [Location], isCorrupt: Bool = false, token: BlockAccessToken? = nil
    ) {
        self.block = block
        self.offset = offset
        self.locations = locations
        self.isCorrupt = isCorrupt
        self.token = token
    }
}
