import Core
import MetaStore

/// The namespace's own figures; those of calls are the RPC server's, those of blocks and datanodes the block manager's.
enum NameNodeMetrics {
    static func register(_ namenode: NameNode, _ metrics: MetricsRegistry) {
        namenode.blocks.registerMetrics(metrics)
        func gauge(_ name: String, _ help: String, _ value: @escaping @Sendable (NameNode) -> Double) {
            metrics.gauge("hfs_namenode_\(name)", help: help) { [weak namenode] in namenode.map(value) ?? 0 }
        }
        gauge("published_lsn", "The newest LSN that readers see") { Double($0.engine.publishedLSN.rawValue) }
        gauge("open_files", "Files open for writing") { Double($0.leases.openFileCount) }
        gauge("pending_read_bytes", "Reads of runs that wait for a record of the log") {
            Double($0.writer.reads.pendingBytes)
        }
        gauge("dropped_reads", "Reads of runs that were not recorded: too many waited") {
            Double($0.writer.reads.droppedCount)
        }
        gauge("late_reads", "Reads that datanodes told after their run's end, or of files that were gone") {
            Double($0.writer.reads.lateCount)
        }
        gauge("forged_read_tokens", "Block tokens shown to datanodes that this namenode did not give") {
            Double($0.writer.reads.forgedCount)
        }
        gauge("unlinked_subtrees", "Deleted subtrees that are still being freed") { Double($0.reclaimer.pendingCount) }
    }
}
