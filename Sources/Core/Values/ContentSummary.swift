/// What lies below a path: HDFS's `count`. Quotas are -1 when none is set.
public struct ContentSummary: Hashable, Sendable {
    /// Bytes of all files.
    public var length: UInt64
    public var fileCount: UInt64
    /// Counts the directory itself.
    public var directoryCount: UInt64
    public var namespaceQuota: Int64
    /// Bytes times replication.
    public var spaceConsumed: UInt64
    public var spaceQuota: Int64

    public init(
        length: UInt64, fileCount: UInt64, directoryCount: UInt64, namespaceQuota: Int64, spaceConsumed: UInt64,
        spaceQuota: Int64
    ) {
        self.length = length
        self.fileCount = fileCount
        self.directoryCount = directoryCount
        self.namespaceQuota = namespaceQuota
        self.spaceConsumed = spaceConsumed
        self.spaceQuota = spaceQuota
    }
}
