/// Every bound of the system, with its unit and its reason. Settings may lower most of them; none is unlimited.
public enum Limits {
    /// Bytes of a whole path: HDFS's 8,000 (`MAX_PATH_LENGTH`).
    public static let pathBytesMax = 8000
    /// Components of a path: HDFS's 1,000 (`MAX_PATH_DEPTH`).
    public static let pathDepthMax = 1000
    /// Bytes of one name: HDFS's 255 (`dfs.namenode.fs-limits.max-component-length`).
    public static let nameBytesMax = 255
    /// Names per listing answer: HDFS's 1,000 (`dfs.ls.limit`).
    public static let listingPageMax = 1000
    /// Bytes of one RPC frame: HDFS's is 128 MiB; the largest real request is a block report chunk well below this.
    public static let rpcFrameBytesMax = 64 << 20
    /// Bytes of one RPC or data-transfer header message: real ones stay below 4 KiB; pipelines name every datanode.
    public static let headerMessageBytesMax = 1 << 20
    /// Bytes of one data packet: HDFS's 16 MiB.
    public static let packetBytesMax = 16 << 20
    /// Bytes per checksum chunk, as every HDFS client asks.
    public static let checksumChunkBytes = 512
    /// Data bytes in a packet that we send: 126 chunks, what stock clients send.
    public static let packetDataBytes = 126 * 512
    /// Bytes of a block unless the client says otherwise.
    public static let blockBytesDefault: UInt64 = 128 << 20
    /// Smallest block size that create accepts: HDFS's 1 MiB (`dfs.namenode.fs-limits.min-block-size`).
    public static let blockBytesMin: UInt64 = 1 << 20
    /// Largest block size that create accepts: 1 TiB. A file of `fileBlocksMax` such blocks in `replicationMax` copies takes
    /// 5.6 * 10^18 bytes, so no file's length or space leaves an Int64.
    public static let blockBytesMax: UInt64 = 1 << 40
    /// Bytes of all files with all their copies: half of an Int64's range, so that adding one file to it cannot wrap.
    public static let namespaceSpaceBytesMax: Int64 = 1 << 62
    /// Copies of a block: HDFS's 512 (`dfs.replication.max`).
    public static let replicationMax = 512
    /// Bytes of a block that the namenode keeps itself: what a datanode sends in one packet. Beyond it the edits log would carry
    /// data that datanodes take at the speed of their disks.
    public static let inlineBytesMax = 64 << 10
    /// Bytes of such blocks that wait for the edits log at once, over all calls: more are refused, to be sent again.
    public static let inlineBytesInFlightMax = 128 << 20
    /// Blocks of one file: HDFS's 10,000 (`dfs.namenode.fs-limits.max-blocks-per-file`).
    public static let fileBlocksMax = 10_000
    /// Extended attributes of one inode, ours not counted: HDFS's 32.
    public static let xattrsPerInodeMax = 32
    /// `ml` and `hfs` attributes of one inode: the metrics and parameters of a large model.
    public static let ownXattrsPerInodeMax = 128
    /// Rows of attributes of one inode: both kinds, and one of the namenode's.
    public static let xattrRowsMax = xattrsPerInodeMax + ownXattrsPerInodeMax + 1
    /// Bytes of an extended attribute's name and value: HDFS's 16 KiB.
    public static let xattrBytesMax = 16 << 10
    /// Answers of one query, unless it says how many.
    public static let findAnswersDefault = 1000
    /// Answers of one query: a few MB.
    public static let findAnswersMax = 10_000
    /// Rows that one query looks at, an entry's check counting as four: a second or two of one thread.
    public static let findRowsMax = 1_000_000
    /// Queries at once that take more than one read: each may hold some ten MB of inode ids, answers and index rows.
    public static let longQueriesMax = 16
    /// Of those, how many one connection may have: the others leave room for other clients.
    public static let longQueriesPerConnectionMax = 4
    /// Inodes that one `checkVisible` asks about: some milliseconds.
    public static let visibilityChecksMax = 1000
    /// Entries of one ACL: HDFS's 32 a scope.
    public static let aclEntriesMax = 32
    /// A writer that has not renewed its lease for this long may be replaced by another: HDFS's 60 s.
    public static let leaseSoftLimitMs: Int64 = 60_000
    /// A writer that has not renewed its lease for this long has its files closed: HDFS 3's 20 min.
    public static let leaseHardLimitMs: Int64 = 20 * 60_000
    /// How long an at-most-once answer is kept for a retry: HDFS's 10 min.
    public static let retryEntryLifetimeMs: Int64 = 10 * 60_000
    /// Answers kept per client for retries: stock clients have far fewer calls in flight on a connection.
    public static let retryEntriesPerClientMax = 4096
    /// Answers kept in all: about 100 bytes each, so 100 MB at most.
    public static let retryEntriesMax = 1 << 20
    /// Longest time that `complete` is held for a block report: less than any client's own deadline.
    public static let completeHoldMs: Int64 = 10_000
    /// Longest time that a write is held for the end of safemode before it is refused.
    public static let safeModeHoldMs: Int64 = 30_000
    /// Block tokens of one `tellReads`: each is checked in some microseconds, on an event loop.
    public static let toldReadsMax = 1024
    /// Bytes of a block token, identifier and password; the namenode's own have about 150.
    public static let blockTokenBytesMax = 256
    /// Block buckets that a storage's report is hashed into: 1,024 hashes are 8 KiB a report.
    public static let blockReportBuckets = 1024
    /// Transfers at once in a datanode: HDFS's 4,096 (`dfs.datanode.max.transfer.threads`).
    public static let transfersMax = 4096
    /// Bytes of a run's name, project, kind or host, and of a token's renewer: as a file name.
    public static let runNameBytesMax = 255
    /// Bytes of the command line that is kept of a run.
    public static let runCommandBytesMax = 4096
    /// Runs of one listing answer.
    public static let runPageMax = 1000
    /// Runs looked at for one listing answer; the caller goes on behind them.
    public static let runsScannedMax = 10_000
    /// How long a token holds without renewal: HDFS's 24 h (`dfs.namenode.delegation.token.renew-interval`).
    public static let tokenLifetimeMs: Int64 = 24 * 3_600_000
    /// How long a token can be renewed: HDFS's 7 days (`dfs.namenode.delegation.token.max-lifetime`).
    public static let tokenLifetimeMsMax: Int64 = 7 * 24 * 3_600_000
    /// How often tokens get a new master key: HDFS's day (`dfs.namenode.delegation.key.update-interval`).
    public static let tokenKeyIntervalMs: Int64 = 24 * 3_600_000
    /// Runs in runs: a job, its trials, their attempts and some more. Each token names all of them.
    public static let runNestingMax = 16
    /// Tokens at once: 250 bytes each, so 250 MB at most.
    public static let tokensMax = 1 << 20
    /// Entries of one answer of the event feed: at about 200 bytes each they reach `feedPageBytesMax`.
    public static let feedPageEntriesMax = 8192
    /// Bytes of one answer of the event feed, a record's own events aside, which are at most 8 MiB.
    public static let feedPageBytesMax = 1 << 20
    /// Bytes of the edits log that one turn of a reader of the feed goes through before others have theirs.
    public static let feedTurnBytesMax = 8 << 20
    /// Reads of the feed that wait for news at once, some hundred bytes each: thousands of watching processes.
    public static let feedWaitersMax = 16_384
    /// Reads of the feed that wait for a thread.
    public static let feedQueueMax = 4096
    /// Longest wait of one read of the feed: clients ask again.
    public static let feedWaitMsMax: Int64 = 60_000
    /// Attempts in one call of an agent, a driver or a person: a slot each.
    public static let attemptsPerCallMax = 10_000
    /// Attempts that the namenode knows of at once: some hundred bytes each, and their last values.
    public static let attemptsMax = 200_000
    /// Values of an attempt that are kept for its driver, which asks about once a second: 16 bytes each.
    public static let attemptPointsMax = 256
    /// Longest time without a word of its agent for which a driver may take an attempt to live.
    public static let attemptLeaseMsMax: Int64 = 10 * 60_000
    /// How long an attempt is remembered of which nobody tells any more: longer than any lease.
    public static let attemptMemoryMs: Int64 = 15 * 60_000
    /// Bytes of the reason for which an attempt is stopped.
    public static let attemptReasonBytesMax = 4096
    /// Parameters of one search: more is a configuration, no search.
    public static let searchParametersMax = 256
    /// Trials of one experiment: their directories are children of one, and deciding looks at all of them.
    public static let experimentTrialsMax = 100_000
    /// Workers of distributed training: each waits for all others at each step.
    public static let distributedWorkersMax = 1024
    /// Bytes of a file that a training dataset is made from, and of one whose rows are read: both are held in memory.
    public static let datasetBytesMax = 4 << 30
}
