internal import Core
internal import Synchronization

extension EngineParts {
    /// Registers the figures that are looked up when somebody asks. They last as long as the engine.
    func registerGauges(_ registry: MetricsRegistry) {
        func gauge(
            _ name: String, _ help: String, _ labels: [(String, String)] = [],
            _ value: @escaping @Sendable (EngineParts) -> Double
        ) {
            registry.gauge("hfs_metastore_\(name)", help: help, labels: labels) { [weak self] in self.map(value) ?? 0 }
        }
        gauge("queued_operations", "Operations that wait to be planned") { Double($0.planner.waiting.queued) }
        gauge("waiting_operations", "Operations that wait for rows not in memory") {
            Double($0.planner.waiting.deferred)
        }
        gauge("queued_fetches", "Operations and reads that wait for a reader thread") { Double($0.readers.queueDepth) }
        gauge("edits_directories", "Directories that the edits log is written to") {
            Double($0.mirror?.inUseCount ?? 1)
        }
        gauge("edits_segments", "Segments of the edits log") { Double($0.keeper.retained.segments) }
        gauge("edits_bytes", "Size of the edits log's segments") { Double($0.keeper.retained.bytes) }
        gauge("events_oldest_lsn", "The oldest record of the event feed that is kept") {
            Double($0.feed.oldestLSN.rawValue)
        }
        gauge("events_waiting_readers", "Reads of the event feed that wait for news") { Double($0.feed.waiting) }
        gauge("events_lost_segments", "Segments removed for want of space although a cursor needed them") { parts in
            Double(parts.keeper.lock.withLock { parts.keeper.segmentsLost })
        }
        gauge("cache_bytes", "Rows in memory, estimated") { Double($0.view.memoryBytes) }
        gauge("cache_limit_bytes", "Rows kept in memory that the shards hold as well") { Double($0.view.bytesMax) }
        gauge("retry_entries", "Answers kept for retried calls") {
            Double($0.metrics.retryEntries.load(ordering: .relaxed))
        }
        gauge("lag_gate_closed_bool", "1 while changes are held up because the shards are too far behind") {
            $0.health.isLagGateClosed ? 1 : 0
        }
        gauge("failed_bool", "1 when the log or a shard has failed for good") { $0.health.failure == nil ? 0 : 1 }
        for (index, shard) in shards.enumerated() {
            let labels = [("shard", String(index))]
            gauge("shard_lag_edits", "Edits that the shard's file lacks", labels) {
                Double($0.gate.lag(of: index, behind: $0.view.publishedLSN))
            }
            gauge("shard_lag_milliseconds", "Age of the oldest edit that the shard's file lacks", labels) { _ in
                Double(shard.lagMs)
            }
            gauge("shard_wal_bytes", "Write-ahead log of the shard, as of its last transaction", labels) { _ in
                Double(shard.logBytes)
            }
        }
    }

    /// How the engine is.
    var health: EngineHealth {
        var health = gate.health(published: view.publishedLSN)
        if let problem = keeper.problem { health.problems.append("edits log: \(problem)") }
        for (directory, error) in mirror?.dropped ?? [] {
            health.problems.append("edits directory \(directory) is not written any more: \(error)")
        }
        if let loss = keeper.loss { health.problems.append("event feed: \(loss)") }
        return health
    }
}
