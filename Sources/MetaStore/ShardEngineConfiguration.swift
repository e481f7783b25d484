/// Where and how a `ShardEngine` keeps the namespace.
package struct ShardEngineConfiguration: Sendable {
    /// A new namespace to make when the directory holds none.
    package struct Format: Sendable {
        package var clusterID: String
        package var poolID: String

        package init(clusterID: String, poolID: String) {
            self.clusterID = clusterID
            self.poolID = poolID
        }
    }

    /// Holds the shard files, `VERSION` and the lock.
    package var directory: String
    /// Each holds the edits segments; on different disks, the log survives the loss of one.
    package var editsDirectories: [String]
    /// Shard files of a new namespace; an old one keeps its number.
    package var shardCount = 4
    package var format: Format?
    /// Refuses a namespace of another cluster.
    package var expectedClusterID: String?
    /// Memory for rows that the shards hold as well.
    package var cacheBytesMax = 256 << 20
    /// SQLite's page cache of each shard's writer; a reader has a quarter.
    package var shardCacheBytes = 16 << 20
    package var segmentBytes = 64 << 20
    /// Edits kept for the event feed although every shard has them: at most so many bytes, at most so old.
    package var editsRetentionBytes = 8 << 30
    package var editsRetentionMs: Int64 = 7 * 24 * 3_600_000
    /// The same for edits that a cursor of the feed still needs.
    package var cursorRetentionBytes = 32 << 30
    package var cursorRetentionMs: Int64 = 30 * 24 * 3_600_000
    /// Free bytes of the edits' file system below which nothing is kept for the feed's sake.
    package var editsReserveBytes: UInt64 = 1 << 30
    /// Removes no edits before `EventFeed.setCursors` told what cursors need.
    package var awaitsCursors = false
    /// Operations waiting to be planned.
    package var submitQueueMax = 1 << 16
    /// Cold reads waiting.
    package var readQueueMax = 1 << 14
    package var readerThreads = 3
    /// Edits that the shards may be behind the log.
    package var lagMax = 100_000
    /// Bytes of these edits' records: they are in memory until the shards hold them.
    package var lagBytesMax = 256 << 20
    /// Pages of a shard's write-ahead log that start a checkpoint (4 KiB each).
    package var checkpointPages = 8192
    /// How long a shard transaction waits for more changes: rows and pages that change again meanwhile are written once.
    package var applyLingerMs: Int64 = 200
    /// Changes that a shard transaction does not wait beyond.
    package var applyChangesWanted = 8192
    /// The SQLite VFS for the shard files; nil: the system's.
    package var sqliteVFS: String?

    package init(directory: String, editsDirectories: [String]? = nil) {
        self.directory = directory
        self.editsDirectories = editsDirectories ?? ["\(directory)/edits"]
    }
}
