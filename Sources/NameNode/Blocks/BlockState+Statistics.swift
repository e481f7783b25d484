internal import Core

/// Figures for clients, administrators and metrics.
extension BlockState {
    func statistics(nowMs: Int64) -> BlockStatistics {
        var figures = BlockStatistics()
        for node in nodes.nodes {
            switch node.liveness(nowMs: nowMs, configuration) {
            case .live: figures.liveDatanodes += 1
            case .stale: figures.staleDatanodes += 1
            case .disconnected: figures.disconnectedDatanodes += 1
            case .dead: figures.deadDatanodes += 1
            }
            guard !node.isDead else { continue }
            for report in storageReports(of: node) where !report.hasFailed {
                figures.capacityBytes &+= report.capacityBytes
                figures.usedBytes &+= report.usedBytes
                figures.remainingBytes &+= report.remainingBytes
            }
        }
        figures.underReplicatedBlocks = queue.count
        figures.corruptBlocks = queue.corruptBlockCount
        figures.missingBlocks = queue.lostCount
        figures.pendingDeletionReplicas = replicas.invalidatingCount
        figures.corruptReplicas = replicas.corruptCount
        figures.quarantinedReplicas = replicas.quarantinedCount
        figures.pendingReplicationBlocks = transfers.blockCount
        figures.openBlocks = open.count
        figures.runningRecoveries = recoveries.count
        figures.blocks = replicas.blockCount
        figures.replicas = replicas.replicaCount
        return figures
    }

    /// All nodes by address; `wallOffsetMs` turns the monotonic time into the wall clock's.
    func datanodeReports(nowMs: Int64, wallOffsetMs: Int64) -> [DatanodeReport] {
        nodes.nodes.map { node in
            let storages = storageReports(of: node)
            let usable = storages.filter { !$0.hasFailed }
            return DatanodeReport(
                datanode: node.descriptor, state: state(node.liveness(nowMs: nowMs, configuration)),
                capacityBytes: usable.reduce(0) { $0 &+ $1.capacityBytes },
                usedBytes: usable.reduce(0) { $0 &+ $1.usedBytes },
                remainingBytes: usable.reduce(0) { $0 &+ $1.remainingBytes },
                blockCount: node.storages.reduce(0) { $0 + replicas.count(in: $1) }, transfers: node.transfers,
                lastHeartbeatMs: node.registeredAtMs == nil ? 0 : node.lastHeartbeatMs + wallOffsetMs,
                storages: storages)
        }.sorted { ($0.datanode.transferAddress, $0.datanode.uuid) < ($1.datanode.transferAddress, $1.datanode.uuid) }
    }

    private func storageReports(of node: Datanode) -> [StorageReport] { node.storages.compactMap { nodes[$0]?.report } }

    private func state(_ liveness: Datanode.Liveness) -> DatanodeReport.State {
        switch liveness {
        case .live: .live
        case .stale: .stale
        case .disconnected: .disconnected
        case .dead: .dead
        }
    }
}
