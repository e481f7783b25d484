import Core
import MetaStore

/// The namenode's own figures; those of calls are the RPC server's.
enum NameNodeMetrics {
    static func register(_ namenode: NameNode, _ metrics: MetricsRegistry) {
        func gauge(_ name: String, _ help: String, _ value: @escaping @Sendable (NameNode) -> Double) {
            metrics.gauge("hfs_namenode_\(name)", help: help) { [weak namenode] in namenode.map(value) ?? 0 }
        }
        gauge("published_lsn", "The newest LSN that readers see") { Double($0.engine.publishedLSN.rawValue) }
        gauge("open_files", "Files open for writing") { Double($0.leases.openFileCount) }
        gauge("unlinked_subtrees", "Deleted subtrees that are still being freed") { Double($0.reclaimer.pendingCount) }
        gauge("safemode", "1 while writes are held") { $0.blocks.safemode.isOn ? 1 : 0 }
        gauge("capacity_bytes", "Room of all live datanodes") { Double($0.blocks.statistics().capacityBytes) }
        gauge("used_bytes", "Bytes used on live datanodes") { Double($0.blocks.statistics().usedBytes) }
        gauge("blocks", "Blocks that datanodes reported") { Double($0.blocks.statistics().blocks) }
        gauge("under_replicated_blocks", "Blocks with too few good replicas") {
            Double($0.blocks.statistics().underReplicatedBlocks)
        }
        gauge("missing_blocks", "Blocks without a good replica") { Double($0.blocks.statistics().missingBlocks) }
        gauge("live_datanodes", "Datanodes that are alive") { Double($0.blocks.statistics().liveDatanodes) }
        gauge("dead_datanodes", "Datanodes that are dead") { Double($0.blocks.statistics().deadDatanodes) }
    }
}
