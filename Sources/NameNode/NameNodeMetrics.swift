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
        gauge("unlinked_subtrees", "Deleted subtrees that are still being freed") { Double($0.reclaimer.pendingCount) }
    }
}
