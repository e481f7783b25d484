public import Core

/// How a file is created.
public struct CreateOptions: Sendable {
    /// Replaces a file of that name. Without it an existing file is `.alreadyExists`.
    public var overwrites = false
    /// Makes missing parent directories. Without it a missing parent is `.fileNotFound`.
    public var createsParents = true
    /// Nil: 0666 less the client's umask.
    public var mode: FileMode?
    /// Copies of each block; nil: the client's setting, else the namenode's. Who asks for several gets them: such a file is
    /// never kept by the namenode alone.
    public var replication: Int?
    /// Bytes, a multiple of 512; nil: the client's setting, else the namenode's.
    public var blockSize: UInt64?
    /// Asks the datanodes to sync each block to disk when it is finished.
    public var syncsBlocks = false
    /// A small file may stay at the namenode (`ServerDefaults.inlineBytesMax`): written with one call and read with one, its
    /// bytes in as many places as the namenode keeps its edits log. False: it goes to datanodes, whatever its size.
    public var allowsInline = true

    public init(
        overwrites: Bool = false, createsParents: Bool = true, mode: FileMode? = nil, replication: Int? = nil,
        blockSize: UInt64? = nil, syncsBlocks: Bool = false, allowsInline: Bool = true
    ) {
        self.overwrites = overwrites
        self.createsParents = createsParents
        self.mode = mode
        self.replication = replication
        self.blockSize = blockSize
        self.syncsBlocks = syncsBlocks
        self.allowsInline = allowsInline
    }
}
