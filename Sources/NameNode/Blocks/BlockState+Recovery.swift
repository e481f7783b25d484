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
            recoveries.ordered(block, by: primary, holders.map(\.location))
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

    /// The result of a primary, `sender`. Errors: `.io` when a newer recovery of the block runs or none does, or when another
    /// datanode was asked; `.invalidArgument` for a length that no block has.
    mutating func commitRecovery(
        from sender: DatanodeIndex, _ block: BlockID, recoveryID: GenerationStamp, length: UInt64, deleteBlock: Bool,
        replicas reported: [(uuid: String, storageID: String)], nowMs: Int64
    ) throws(HFSError) {
        let deadlineMs = nowMs + configuration.recoveryTimeoutMs
        guard length <= Limits.blockBytesMax else {
            throw HFSError(.invalidArgument, "Recovery \(recoveryID) of \(block): no block has \(length) bytes")
        }
        if let known = recoveries[block], known.asked[sender] == nil {
            throw HFSError(
                .io,
                "Datanode \(nodes[sender].descriptor.uuid) was not asked to recover \(block) as \(known.recoveryID)")
        }
        guard recoveries.committed(block, recoveryID: recoveryID, deadlineMs: deadlineMs) else {
            throw HFSError(.io, "Recovery \(recoveryID) of \(block) is not the newest one of the block")
        }
        if deleteBlock { recoveries.noteNothingFound(block) }
        // Nothing to finalize where nothing is: then the nodes that were asked, all of which have answered.
        var locations = deleteBlock ? recoveries[block]?.asked[sender] ?? [] : []
        for (uuid, storageID) in reported {
            guard let node = nodes.index(ofUUID: uuid), let storage = nodes.storage(storageID, of: node),
                let location = nodes.location(storage)
            else { continue }
            guard !deleteBlock else { continue }
            locations.append(location)
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
        var corrupt: [Holder] = []
        func add(_ node: DatanodeIndex, _ location: LocatedBlock.Location) {
            guard nodes[node].liveness(nowMs: nowMs, configuration) <= .stale else { return }
            if !found.contains(where: { $0.node == node }) { found.append(Holder(node: node, location: location)) }
        }
        replicas.forEach(of: block) { replica in
            guard replica.state != .temporary, !replica.flags.contains(.invalidating),
                let node = node(of: replica.storage), let location = nodes.location(replica.storage)
            else { return }
            guard !replica.flags.contains(.corrupt) else {
                corrupt.append(Holder(node: node, location: location))
                return
            }
            add(node, location)
        }
        for location in open[block]?.expected ?? [] {
            if let node = nodes.index(ofUUID: location.datanode.uuid) { add(node, location) }
        }
        // With nothing better they are asked as well: the block must not end as one that nobody has.
        if found.isEmpty { for holder in corrupt { add(holder.node, holder.location) } }
        return found.sorted { a, b in
            let (first, second) = (nodes[a.node].lastHeartbeatMs, nodes[b.node].lastHeartbeatMs)
            return first == second ? a.node < b.node : first > second
        }
    }

    /// The datanodes that have nothing of a block, and those of its pipeline that may have and are not heard: away, dead,
    /// still reporting, or with a failed volume.
    func askedForNothing(
        _ block: BlockID, pipeline: [String], nowMs: Int64
    ) -> (heard: [LocatedBlock.Location], missing: [String]) {
        let uuids = pipeline + (open[block]?.expected.map(\.datanode.uuid) ?? []).filter { !pipeline.contains($0) }
        var heard: [LocatedBlock.Location] = []
        var missing: [String] = []
        for uuid in uuids {
            guard let index = nodes.index(ofUUID: uuid), nodes[index].connection != nil, !nodes[index].isDead,
                nodes.isReportComplete(index), let first = nodes[index].storages.first,
                nodes[index].storages.allSatisfy({ nodes[$0]?.report.hasFailed == false }),
                let location = nodes.location(first)
            else {
                missing.append(uuid)
                continue
            }
            heard.append(location)
        }
        replicas.forEach(of: block) { replica in
            guard replica.state != .temporary, let location = nodes.location(replica.storage) else { return }
            missing.append(location.datanode.uuid)
        }
        return (heard, missing)
    }

    /// No datanode that could hold a replica is away or still reporting.
    func isEveryReplicaKnown(nowMs: Int64) -> Bool {
        guard !safemode.isOn else { return false }
        let expected = nodes.nodes.filter { !$0.isDead }
        return !expected.isEmpty && expected.allSatisfy { $0.connection != nil && nodes.isReportComplete($0.index) }
    }
}
