internal import Core
internal import Synchronization

/// What the engine's threads count while they work: one relaxed addition each. Gauges, which cost nothing until somebody asks,
/// are in `EngineParts+Metrics.swift`.
final class EngineMetrics: Sendable {
    /// Operations sent for cold rows, once for each time.
    let deferrals: MetricCounter
    let batchOperations: MetricHistogram
    let batchBytes: MetricHistogram
    let syncMicroseconds: MetricHistogram
    let coldReads: MetricCounter
    let evictedRows: MetricCounter
    /// Answers kept for retried calls, as of the last batch.
    let retryEntries = Atomic<Int>(0)

    init(_ registry: MetricsRegistry) {
        deferrals = registry.counter(
            "hfs_metastore_deferred_operations_total",
            help: "Times that an operation was put off for rows not in memory")
        batchOperations = registry.histogram(
            "hfs_metastore_batch_operations", help: "Operations that one write of the edits log answered")
        batchBytes = registry.histogram("hfs_metastore_batch_bytes", help: "Bytes of one write of the edits log")
        syncMicroseconds = registry.histogram(
            "hfs_metastore_log_sync_microseconds", help: "How long fdatasync of the edits log took")
        coldReads = registry.counter(
            "hfs_metastore_cold_reads_total", help: "Reads that did not find all rows in memory")
        evictedRows = registry.counter(
            "hfs_metastore_evicted_rows_total", help: "Rows dropped from memory that the shards hold")
    }
}
