/// The namenode's defaults for clients.
public struct ServerDefaults: Hashable, Sendable {
    /// Bytes.
    public var blockSize: UInt64
    public var bytesPerChecksum: Int
    public var replication: Int
    /// The cluster wants encrypted transfers, which this client does not speak.
    public var encryptsTransfers: Bool
    /// Minutes; above 0 stock shells move what they delete into a trash directory.
    public var trashIntervalMinutes: UInt64
    /// Bytes of a file that the namenode keeps itself; 0: none, as with every namenode but hfs's.
    public var inlineBytesMax: Int

    public init(
        blockSize: UInt64, bytesPerChecksum: Int, replication: Int, encryptsTransfers: Bool,
        trashIntervalMinutes: UInt64, inlineBytesMax: Int = 0
    ) {
        self.blockSize = blockSize
        self.bytesPerChecksum = bytesPerChecksum
        self.replication = replication
        self.encryptsTransfers = encryptsTransfers
        self.trashIntervalMinutes = trashIntervalMinutes
        self.inlineBytesMax = inlineBytesMax
    }
}
