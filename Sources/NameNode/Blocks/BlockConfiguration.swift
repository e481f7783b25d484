/// Settings of block and datanode management. Every time is in milliseconds.
package struct BlockConfiguration: Codable, Hashable, Sendable {
    /// How often datanodes call; commands ride on the answers, so this bounds how late they arrive.
    package var heartbeatIntervalMs: Int64 = 1000
    /// How often datanodes compare the hashes of their storages' buckets.
    package var bucketReportIntervalMs: Int64 = 10 * 60_000
    /// A connected node that was silent for so long is offered last: HDFS's 30 s.
    package var staleAfterMs: Int64 = 30_000
    /// A node without a connection for so long is dead: its blocks are copied elsewhere.
    package var deadAfterDisconnectMs: Int64 = 30_000
    /// A node whose connection stands but that was silent for so long is dead: HDFS's 10.5 min.
    package var deadAfterSilenceMs: Int64 = 630_000
    /// How long a committed block's replicas may be missing before they are copied.
    package var commitGraceMs: Int64 = 5000
    /// Time from the end of safemode to the first copy.
    package var replicationDelayMs: Int64 = 3000
    /// Time from the end of safemode to the first deletion of a replica too many: a datanode may still be working off
    /// deletions that were ordered before the namenode stopped, and those must not add up with new ones.
    package var trimDelayMs: Int64 = 30_000
    /// Time for a copy to be reported before it is scheduled again: HDFS's 5 min.
    package var transferTimeoutMs: Int64 = 300_000
    /// Copies that one node sends at once: HDFS's 2 (`dfs.namenode.replication.max-streams`).
    package var transfersPerNodeMax = 2
    /// Replicas named in one Invalidate: HDFS's 1,000 (`dfs.block.invalidate.limit`).
    package var invalidationsPerHeartbeatMax = 1000
    /// Time for an invalidated replica to be reported gone before it is named again.
    package var invalidationTimeoutMs: Int64 = 600_000
    /// Time for a recovery's primary to answer before another one is asked.
    package var recoveryTimeoutMs: Int64 = 15_000
    /// After a start: how long a datanode that was there before is waited for.
    package var safemodeNodeWaitMs: Int64 = 10_000
    /// Safemode stays on this long after its condition is met: HDFS's 30 s exist for nodes that report late; ours are
    /// waited for by name.
    package var safemodeExtensionMs: Int64 = 0

    package init() {}

    package init(from decoder: any Decoder) throws {
        self.init()
        let values = try decoder.container(keyedBy: CodingKeys.self)
        func take<T: Decodable>(_ key: CodingKeys, _ field: inout T) throws {
            if let value = try values.decodeIfPresent(T.self, forKey: key) { field = value }
        }
        try take(.heartbeatIntervalMs, &heartbeatIntervalMs)
        try take(.bucketReportIntervalMs, &bucketReportIntervalMs)
        try take(.staleAfterMs, &staleAfterMs)
        try take(.deadAfterDisconnectMs, &deadAfterDisconnectMs)
        try take(.deadAfterSilenceMs, &deadAfterSilenceMs)
        try take(.commitGraceMs, &commitGraceMs)
        try take(.replicationDelayMs, &replicationDelayMs)
        try take(.trimDelayMs, &trimDelayMs)
        try take(.transferTimeoutMs, &transferTimeoutMs)
        try take(.transfersPerNodeMax, &transfersPerNodeMax)
        try take(.invalidationsPerHeartbeatMax, &invalidationsPerHeartbeatMax)
        try take(.invalidationTimeoutMs, &invalidationTimeoutMs)
        try take(.recoveryTimeoutMs, &recoveryTimeoutMs)
        try take(.safemodeNodeWaitMs, &safemodeNodeWaitMs)
        try take(.safemodeExtensionMs, &safemodeExtensionMs)
    }
}
