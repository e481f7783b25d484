internal import Core

/// What datanodes tell of their replicas.
extension BlockState {
    /// Compares bucket hashes. Returns the buckets whose contents the namenode wants.
    mutating func bucketReport(_ node: DatanodeIndex, storageID: String, hashes: [UInt64], nowMs: Int64)
        throws(HFSError) -> [Int]
    {
        let storage = try knownStorage(storageID, of: node)
        let differing = replicas.differingBuckets(storage, reported: hashes)
        let differs = Set(differing)
        nodes[storage]?.beginReport()
        let agreeing = (0..<Limits.blockReportBuckets).filter { !differs.contains($0) }
        if nodes[storage]?.confirm(agreeing) == true { storageCompleted(storage, nowMs: nowMs) }
        return differing
    }

    /// Replaces what was known of one bucket of a storage.
    mutating func bucketContents(
        _ node: DatanodeIndex, _ storage: StorageIndex, bucket: Int, _ reported: [ReportedReplica], nowMs: Int64
    ) {
        let newer = nodes[storage]?.changedDuringReport ?? []
        let present = Set(reported.map(\.block))
        for block in replicas.blocks(in: storage, bucket: bucket)
        where !present.contains(block) && !newer.contains(block) {
            removed(block, from: storage)
        }
        for replica in reported where !newer.contains(replica.block) {
            stored(replica, on: storage, node, nowMs: nowMs)
        }
        if nodes[storage]?.confirm([bucket]) == true { storageCompleted(storage, nowMs: nowMs) }
    }

    /// The storage has told everything.
    mutating func reportEnded(_ storage: StorageIndex, nowMs: Int64) {
        if nodes[storage]?.confirmAll() == true { storageCompleted(storage, nowMs: nowMs) }
    }

    /// Changes in the order in which the datanode made them.
    mutating func replicasChanged(_ node: DatanodeIndex, _ changes: [ReplicaChange], nowMs: Int64) throws(HFSError) {
        for change in changes {
            let storage = try knownStorage(change.storageID, of: node)
            if nodes[storage]?.isReportInProgress == true {
                nodes[storage]?.changedDuringReport.insert(change.replica.block)
            }
            switch change.kind {
            case .deleted: deleted(change.replica.block, from: storage, of: node)
            case .received:
                var replica = change.replica
                replica.state = .finalized
                stored(replica, on: storage, node, nowMs: nowMs)
            case .receiving:
                var replica = change.replica
                replica.state = .rbw
                stored(replica, on: storage, node, nowMs: nowMs)
            }
        }
    }

    mutating func badReplicas(
        _ node: DatanodeIndex, storageID: String, _ blocks: [BlockVersion], nowMs: Int64
    ) throws(HFSError) {
        let storage = try knownStorage(storageID, of: node)
        for block in blocks where replicas.replica(of: block.id, on: storage) != nil {
            reportBad(block.id, on: [node], stamp: block.generationStamp, isClaim: false, nowMs: nowMs)
        }
    }

    func knownStorage(_ id: String, of node: DatanodeIndex) throws(HFSError) -> StorageIndex {
        if let storage = nodes.storage(id, of: node) { return storage }
        throw HFSError(
            .invalidArgument, "Storage \(id) of datanode \(nodes[node].descriptor.uuid) is not registered")
    }

    /// A storage was reported completely for the first time since its node registered.
    private mutating func storageCompleted(_ storage: StorageIndex, nowMs: Int64) {
        guard let record = nodes[storage] else { return }
        effects.log(
            .info, "storage-report-complete",
            [
                "datanode": "\(nodes[record.node].descriptor.transferAddress)", "storage": "\(record.report.storageID)",
                "replicas": "\(replicas.count(in: storage))",
            ])
        if nodes.isReportComplete(record.node), !safemode.isOn { evaluatePostponed() }
        effects.wakesMonitor = true
    }

    mutating func evaluatePostponed() {
        for block in postponed { evaluation.insert(block) }
        postponed = []
        effects.wakesMonitor = true
    }

    private mutating func stored(
        _ replica: ReportedReplica, on storage: StorageIndex, _ node: DatanodeIndex, nowMs: Int64
    ) {
        let change = replicas.put(
            replica.block, on: storage, stamp: replica.generationStamp, length: replica.length, state: replica.state)
        guard let flags = replicas.replica(of: replica.block, on: storage)?.flags else { return }
        if flags.contains(.invalidating) {
            // It should have been gone: ask again. After a registration that was done already.
            if nodes[storage]?.isReportComplete == true {
                nodes[node].invalidations.append(Datanode.PendingDeletion(storage: storage, block: replica.block))
            }
            return
        }
        guard change != .same else { return }
        if replica.state == .finalized { transfers.arrived(replica.block, at: node) }
        if let truth = open[replica.block]?.committed {
            evaluate(replica.block, truth, nowMs: nowMs)
        } else if open[replica.block] == nil {
            evaluateLater(replica.block)
        }
        fireWaiters(replica.block)
    }

    /// A node that no longer had a replica does not know which of its volumes it was to delete it from.
    private mutating func deleted(_ block: BlockID, from storage: StorageIndex, of node: DatanodeIndex) {
        if replicas.replica(of: block, on: storage) != nil { return removed(block, from: storage) }
        for other in nodes[node].storages
        where replicas.replica(of: block, on: other)?.flags.contains(.invalidating) == true {
            removed(block, from: other)
        }
    }

    /// A replica is gone from its storage.
    mutating func removed(_ block: BlockID, from storage: StorageIndex) {
        guard let gone = replicas.remove(block, from: storage) else { return }
        if gone.flags.contains(.invalidating) {
            // Nothing to judge when the whole block goes; else a corrupt replica may have made room for a copy.
            var isWanted = false
            replicas.forEach(of: block) { if !$0.flags.contains(.invalidating) { isWanted = true } }
            guard isWanted else { return }
        }
        if open[block]?.committed != nil || open[block] == nil { evaluateLater(block) }
    }
}
