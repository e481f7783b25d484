package import Core
internal import Logging
package import MetaStore

/// A metadata engine with the names of the cluster that it keeps.
package struct OpenedEngine: Sendable {
    /// Opens an engine; blocks. The argument is called once, from any thread, when the engine can promise nothing any more.
    package typealias Opener =
        @Sendable (_ onFatal: @escaping @Sendable (HFSError) -> Void) throws(HFSError) -> OpenedEngine

    package var engine: any MetadataEngine
    package var clusterID: String
    /// The block pool: clients send it in every block (HDFS's `BP-...`).
    package var poolID: String

    package init(engine: any MetadataEngine, clusterID: String, poolID: String) {
        self.engine = engine
        self.clusterID = clusterID
        self.poolID = poolID
    }

    /// The shards of the configured directory; a new namespace is made where there is none. Figures go into `metrics`.
    static func shards(
        _ configuration: NameNodeConfiguration, clock: any HFSClock, logger: Logger,
        metrics: MetricsRegistry = MetricsRegistry()
    ) -> Opener {
        { onFatal throws(HFSError) in
            let edits = configuration.editsDirectories
            var shards = ShardEngineConfiguration(
                directory: configuration.directory, editsDirectories: edits.isEmpty ? nil : edits)
            shards.shardCount = configuration.shards
            shards.cacheBytesMax = configuration.cacheBytes
            // SQLite's own caches, writers' and readers', follow the setting down: 7/16 of it with four shards.
            shards.shardCacheBytes = min(shards.shardCacheBytes, max(1 << 20, configuration.cacheBytes / 16))
            shards.editsRetentionBytes = configuration.editsRetentionBytes
            shards.editsRetentionMs = configuration.editsRetentionMs
            shards.cursorRetentionBytes = configuration.cursorRetentionBytes
            shards.cursorRetentionMs = configuration.cursorRetentionMs
            shards.editsReserveBytes = configuration.editsReserveBytes
            shards.awaitsCursors = true
            shards.lagMax = configuration.shardLagMax
            shards.lagBytesMax = configuration.shardLagBytesMax
            shards.format = newNames(host: configuration.host, nowMs: clock.nowMs)
            let engine = try ShardEngine.open(shards, clock: clock, logger: logger, metrics: metrics, onFatal: onFatal)
            return OpenedEngine(
                engine: engine, clusterID: engine.identity.clusterID, poolID: engine.identity.poolID)
        }
    }

    /// Names of a new cluster, by HDFS's pattern.
    private static func newNames(host: String, nowMs: Int64) -> ShardEngineConfiguration.Format {
        func random() -> String { String(UInt64.random(in: .min ... .max), radix: 16) }
        return ShardEngineConfiguration.Format(
            clusterID: "CID-\(random())\(random())", poolID: "BP-\(UInt32.random(in: 1...0x7fff_ffff))-\(host)-\(nowMs)"
        )
    }
}
