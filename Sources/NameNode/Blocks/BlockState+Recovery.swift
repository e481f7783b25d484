internal import Core

/// Block recovery for files whose writer is gone: one replica's node, the primary, agrees with the others on a length.
extension BlockState {
    mutating func startRecovery(
        _ block: BlockID, _ stamp: GenerationStamp, recoveryID: GenerationStamp, nowMs: Int64
    ) {
        recoveries.start(block, stamp, recoveryID: recoveryID, nowMs: nowMs)
        driveRecoveries(nowMs: nowMs)
        effects.wakesMonitor = true
    }

    /// Asks a primary, or the next one, where it is time.
    mutating func driveRecoveries(nowMs: Int64) {
        for block in recoveries.due(nowMs: nowMs) {
            guard let recovery = recoveries[block] else { continue }
            let holders = holders(of: block, nowMs: nowMs)
            let primary = recoveries.nextPrimary(
                block, among: holders.map(\.node), deadlineMs: nowMs + configuration.recoveryTimeoutMs)
            guard let primary else {
                if isEveryReplicaKnown(nowMs: nowMs) { effects.replicaless.append(block) }
                continue
            }
            let length = replicas.replicas(of: block).map(\.length).max() ?? 0
            nodes[primary].commands.append(
                .recover(
                    BlockVersion(id: block, generationStamp: recovery.stamp, length: length),
                    recoveryID: recovery.recoveryID, replicas: holders.map(\.location)))
            effects.log(
                .info, "recovery-ordered",
                [
                    "block": "\(block)", "recoveryID": "\(recovery.recoveryID)",
                    "primary": "\(nodes[primary].descriptor.transferAddress)", "replicas": "\(holders.count)",
                ])
        }
    }

    /// A primary's result. Errors: `.io` when a newer recovery of the block runs or none does.
    mutating func commitRecovery(
        _ block: BlockID, recoveryID: GenerationStamp, length: UInt64, deleteBlock: Bool,
        replicas reported: [(uuid: String, storageID: String)], nowMs: Int64
    ) throws(HFSError) {
        let deadlineMs = nowMs + configuration.recoveryTimeoutMs
        guard recoveries.committed(block, recoveryID: recoveryID, deadlineMs: deadlineMs) else {
            throw HFSError(.io, "Recovery \(recoveryID) of \(block) is not the newest one of the block")
        }
        var locations: [LocatedBlock.Location] = []
        for (uuid, storageID) in reported {
            guard let node = nodes.index(ofUUID: uuid), let storage = nodes.storage(storageID, of: node),
                let location = nodes.location(storage)
            else { continue }
            locations.append(location)
            guard !deleteBlock else { continue }
            replicas.put(block, on: storage, stamp: recoveryID, length: length, state: .finalized)
        }
        effects.recoveries.append(
            BlockEffects.RecoveryResult(
                block: block, newStamp: recoveryID, length: length, deleteBlock: deleteBlock, locations: locations))
        effects.log(
            .info, "recovery-committed",
            [
                "block": "\(block)", "recoveryID": "\(recoveryID)", "length": "\(length)", "deleted": "\(deleteBlock)",
                "replicas": "\(locations.count)",
            ])
    }

    private struct Holder {
        var node: DatanodeIndex
        var location: LocatedBlock.Location
    }

    /// Connected nodes that hold a replica or were in the pipeline; those heard of last first.
    private func holders(of block: BlockID, nowMs: Int64) -> [Holder] {
        var found: [Holder] = []
        func add(_ node: DatanodeIndex, _ location: LocatedBlock.Location) {
            guard nodes[node].liveness(nowMs: nowMs, configuration) <= .stale else { return }
            if !found.contains(where: { $0.node == node }) { found.append(Holder(node: node, location: location)) }
        }
        replicas.forEach(of: block) { replica in
            guard replica.state != .temporary, replica.flags.isDisjoint(with: [.invalidating, .corrupt]),
                let node = node(of: replica.storage), let location = nodes.location(replica.storage)
            else { return }
            add(node, location)
        }
        for location in open[block]?.expected ?? [] {
            if let node = nodes.index(ofUUID: location.datanode.uuid) { add(node, location) }
        }
        return found.sorted { a, b in
            let (first, second) = (nodes[a.node].lastHeartbeatMs, nodes[b.node].lastHeartbeatMs)
            return first == second ? a.node < b.node : first > second
        }
    }

    /// No datanode that could hold a replica is away or still reporting.
    private func isEveryReplicaKnown(nowMs: Int64) -> Bool {
        guard !safemode.isOn else { return false }
        let expected = nodes.nodes.filter { !$0.isDead }
        return !expected.isEmpty && expected.allSatisfy { $0.connection != nil && nodes.isReportComplete($0.index) }
    }
}
