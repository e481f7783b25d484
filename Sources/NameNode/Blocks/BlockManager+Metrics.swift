package import Core

extension BlockManager {
    /// Registers the gauges of block and datanode management.
    package func registerMetrics(_ registry: MetricsRegistry) {
        func gauge(_ name: String, _ help: String, _ value: @escaping @Sendable (BlockStatistics) -> Double) {
            registry.gauge("hfs_namenode_\(name)", help: help) { [weak self] in self.map { value($0.statistics()) } ?? 0
            }
        }
        gauge("capacity_bytes", "Room on the volumes of live datanodes") { Double($0.capacityBytes) }
        gauge("used_bytes", "Bytes that replicas take on live datanodes") { Double($0.usedBytes) }
        gauge("remaining_bytes", "Free room on the volumes of live datanodes") { Double($0.remainingBytes) }
        gauge("reported_blocks", "Blocks with a known replica") { Double($0.blocks) }
        gauge("reported_replicas", "Known replicas") { Double($0.replicas) }
        gauge("open_blocks", "Blocks being written") { Double($0.openBlocks) }
        gauge("under_replicated_blocks", "Blocks with too few good replicas") { Double($0.underReplicatedBlocks) }
        gauge("pending_replication_blocks", "Blocks being copied") { Double($0.pendingReplicationBlocks) }
        gauge("missing_blocks", "Reported blocks without a good replica") { Double($0.missingBlocks) }
        gauge("corrupt_blocks", "Blocks of which every known replica is corrupt") { Double($0.corruptBlocks) }
        gauge("corrupt_replicas", "Corrupt replicas") { Double($0.corruptReplicas) }
        gauge("quarantined_replicas", "Replicas of blocks never handed out here") { Double($0.quarantinedReplicas) }
        gauge("pending_deletion_replicas", "Replicas waiting for deletion") { Double($0.pendingDeletionReplicas) }
        gauge("block_recoveries", "Block recoveries in progress") { Double($0.runningRecoveries) }
        gauge("live_datanodes", "Datanodes that call regularly") { Double($0.liveDatanodes) }
        gauge("stale_datanodes", "Connected datanodes that fell silent") { Double($0.staleDatanodes) }
        gauge("disconnected_datanodes", "Datanodes without a connection, not yet dead") {
            Double($0.disconnectedDatanodes)
        }
        gauge("dead_datanodes", "Datanodes given up") { Double($0.deadDatanodes) }
        registry.gauge("hfs_namenode_safemode_bool", help: "1 in safemode") { [safemode] in safemode.isOn ? 1 : 0 }
    }
}
