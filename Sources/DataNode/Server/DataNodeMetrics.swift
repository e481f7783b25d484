internal import Core
internal import Synchronization

/// The datanode's figures, shown at `/metrics`.
final class DataNodeMetrics: Sendable {
    let bytesRead: MetricCounter
    let bytesWritten: MetricCounter
    let blocksWritten: MetricCounter
    let blocksRead: MetricCounter
    let blocksReplicated: MetricCounter
    let blocksDeleted: MetricCounter
    let blocksRecovered: MetricCounter
    let checksumErrors: MetricCounter
    let transfersRefused: MetricCounter
    let transfersFailed: MetricCounter
    let readsDropped: MetricCounter
    let readsReleased: MetricCounter

    init(_ registry: MetricsRegistry) {
        bytesRead = registry.counter("hfs_datanode_read_bytes", help: "Bytes of block data sent to readers")
        bytesWritten = registry.counter("hfs_datanode_written_bytes", help: "Bytes of block data received from writers")
        blocksWritten = registry.counter("hfs_datanode_written_blocks", help: "Replicas finalized")
        blocksRead = registry.counter("hfs_datanode_read_blocks", help: "Read operations served")
        blocksReplicated = registry.counter(
            "hfs_datanode_replicated_blocks", help: "Replicas copied to other datanodes")
        blocksDeleted = registry.counter("hfs_datanode_deleted_blocks", help: "Replicas deleted by command")
        blocksRecovered = registry.counter("hfs_datanode_recovered_blocks", help: "Block recoveries led to their end")
        checksumErrors = registry.counter(
            "hfs_datanode_checksum_errors", help: "Chunks that did not match their checksum")
        transfersRefused = registry.counter(
            "hfs_datanode_refused_transfers", help: "Connections refused: all threads busy")
        transfersFailed = registry.counter("hfs_datanode_failed_transfers", help: "Operations that ended with an error")
        readsDropped = registry.counter(
            "hfs_datanode_dropped_reads", help: "Reads of runs that were not told to the namenode: too many waited")
        readsReleased = registry.counter(
            "hfs_datanode_released_reads",
            help: "Reads of runs that were told and could not be kept until they were in the namenode's log: too many")
    }
}
