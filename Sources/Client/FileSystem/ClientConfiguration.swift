public import Core

/// Settings of a client. The defaults are those of stock HDFS clients unless a comment says otherwise.
public struct ClientConfiguration: Sendable {
    /// Longest time for one namespace operation, and for one `read`, retries and failover included. Milliseconds.
    public var operationDeadlineMs: Int64 = 120_000
    /// Longest wait for a TCP connection. Milliseconds.
    public var connectTimeoutMs: Int64 = 10_000
    /// Longest silence of a datanode before another replica or another pipeline is tried. Milliseconds.
    public var dataTimeoutMs: Int64 = 60_000
    /// Pause between heartbeats on an idle pipeline. Milliseconds; must stay below half of the datanodes' timeout.
    public var heartbeatIntervalMs: Int64 = 20_000
    /// Pause between lease renewals while a file is open for writing. Milliseconds; the soft limit is 60 s.
    public var leaseRenewalIntervalMs: Int64 = 30_000
    /// How long a connection to a datanode is kept for the next read. Milliseconds; datanodes hang up after 4 s.
    public var idleConnectionMs: Int64 = 3_000
    /// Times that a call goes to another namenode, or to the same one again, after a lost connection.
    public var failoversMax = 15
    /// First pause before a call is repeated; doubles up to 5 s. Milliseconds.
    public var retryPauseMs: Int64 = 100
    /// Times that the block locations are fetched again when no replica of a block can be read.
    public var locationRefetchesMax = 3
    /// Times that the pipeline of one block is rebuilt without a new acknowledged byte between.
    public var pipelineRecoveriesMax = 5
    /// Times that a new block is asked for when its pipeline cannot be set up.
    public var blockAllocationsMax = 5
    /// Packets of 64,512 bytes that may wait for their acknowledgement before `write` waits.
    public var writeWindowPackets = 80
    /// Bytes per chunk of a sequential read; one chunk is read ahead.
    public var readChunkBytes = 1 << 20
    /// Threads for reads, and as many again for writing. A file with an open block holds two of the latter; one more file
    /// than they suffice for fails with `.retriable`. A read holds one while it runs; four times as many reads wait for
    /// theirs, further ones are refused with `.retriable`.
    public var transferThreadsMax = 4096
    /// Checks what datanodes send. Off only where the bytes are checked elsewhere.
    public var verifiesChecksums = true
    /// Goes on with fewer datanodes when none can replace one that failed. HDFS's default is to fail the stream.
    public var replacesDatanodesBestEffort = true
    /// Copies of a new file's blocks; nil asks the namenode for its default.
    public var replication: Int?
    /// Bytes of a new file's blocks; nil asks the namenode for its default.
    public var blockSize: UInt64?
    /// Sent with each call: what the host program is, for the namenode's audit. Empty: nothing is sent.
    public var callerContext = ""
    /// Proved to the namenode, which then takes this client for its owner. nil: the token of `HADOOP_TOKEN_FILE_LOCATION`,
    /// unless `connect` is given a user.
    public var token: DelegationToken?
    /// Taken off the permissions of what is created without an explicit mode.
    public var umask = FileMode(0o022)

    public init() {}

    /// How long a call on a writer waits without any event before it gives up: more than connecting to a datanode and two
    /// silences of datanodes take, which are noticed and mended by themselves. Milliseconds.
    var writerStallMs: Int64 { connectTimeoutMs + 3 * dataTimeoutMs + 60_000 }
}
