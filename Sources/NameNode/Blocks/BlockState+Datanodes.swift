internal import Core
internal import DequeModule

/// Datanodes coming, calling and going.
extension BlockState {
    /// Binds a datanode to its connection and takes its volumes. Returns true when none of its replicas is known.
    mutating func register(
        _ descriptor: DatanodeDescriptor, _ reports: [StorageReport], on connection: DatanodeConnection, nowMs: Int64
    ) throws(HFSError) -> Bool {
        let isKnown = nodes.index(ofUUID: descriptor.uuid).map {
            !nodes[$0].isDead && nodes[$0].descriptor == descriptor
        }
        let index = nodes.remember(descriptor, nowMs: nowMs)
        let before = nodes[index].descriptor
        let displaced = nodes.bind(index, descriptor, to: connection, nowMs: nowMs)
        if displaced != nil {
            effects.log(
                .warning, "datanode-registered-twice",
                [
                    "uuid": "\(descriptor.uuid)", "address": "\(descriptor.transferAddress)",
                    "before": "\(before.transferAddress)", "decision": "the newer registration holds",
                ])
        }
        if isKnown != true { effects.remembered.append(descriptor) }
        try takeStorages(reports, of: index)
        nodes[index].sentInvalidations = []
        let storages = nodes[index].storages
        dropping.removeAll { storages.contains($0.storage) }
        for storage in storages {
            nodes[storage]?.beginReport()
            nodes[storage]?.isReportComplete = false
            nodes[storage]?.askedForBucketsAtMs = nil
        }
        requeueInvalidations(index)
        effects.log(
            .info, "datanode-registered",
            [
                "uuid": "\(descriptor.uuid)", "address": "\(descriptor.transferAddress)",
                "storages": "\(storages.count)",
            ])
        effects.fire(nodeWaiters.map(\.done), isMet: true)
        nodeWaiters = []
        effects.wakesMonitor = true
        return storages.allSatisfy { replicas.count(in: $0) == 0 }
    }

    /// Takes a node's liveness and room. Returns what it should do.
    mutating func heartbeat(
        _ node: DatanodeIndex, _ reports: [StorageReport], transfers: UInt32, nowMs: Int64
    ) throws(HFSError) -> [DatanodeCommand] {
        nodes[node].lastHeartbeatMs = nowMs
        nodes[node].transfers = transfers
        for report in reports {
            guard let storage = nodes.storage(report.storageID, of: node) else {
                try addStorage(report, to: node)
                continue
            }
            let hadFailed = nodes[storage]?.report.hasFailed ?? false
            nodes[storage]?.report = report
            if report.hasFailed, !hadFailed {
                effects.log(
                    .error, "storage-failed",
                    ["datanode": "\(nodes[node].descriptor.transferAddress)", "storage": "\(report.storageID)"])
                drop(storage)
            }
        }
        return commands(for: node, nowMs: nowMs)
    }

    mutating func connectionClosed(_ connection: DatanodeConnection, nowMs: Int64) {
        guard let node = nodes.closed(connection, nowMs: nowMs) else { return }
        effects.log(
            .warning, "datanode-disconnected",
            [
                "uuid": "\(nodes[node].descriptor.uuid)", "address": "\(nodes[node].descriptor.transferAddress)",
                "deadInMs": "\(configuration.deadAfterDisconnectMs)",
            ])
        // Its recoveries need another primary now, not at their deadline.
        effects.wakesMonitor = true
    }

    /// A datanode that was part of the cluster before the namenode started.
    mutating func remembered(_ descriptor: DatanodeDescriptor, nowMs: Int64) {
        _ = nodes.remember(descriptor, nowMs: nowMs)
    }

    /// Declares nodes dead that were silent or away too long.
    mutating func expireDatanodes(nowMs: Int64) {
        for node in nodes.nodes where !node.isDead && node.isOverdue(nowMs: nowMs, configuration) {
            let silentMs = nowMs - (node.connection == nil ? node.disconnectedAtMs : node.lastHeartbeatMs)
            effects.log(
                .error, "datanode-dead",
                [
                    "uuid": "\(node.descriptor.uuid)", "address": "\(node.descriptor.transferAddress)",
                    "silentMs": "\(silentMs)",
                    "replicas": "\(node.storages.reduce(0) { $0 + replicas.count(in: $1) })",
                ])
            nodes[node.index].isDead = true
            nodes[node.index].commands = []
            nodes[node.index].invalidations = []
            nodes[node.index].sentInvalidations = []
            for storage in node.storages {
                nodes[storage]?.isReportComplete = false
                drop(storage)
            }
            for block in transfers.nodeLost(node.index) { evaluateLater(block) }
            effects.forgotten.append(node.descriptor.uuid)
            evaluatePostponed()
        }
    }

    /// Forgets a slice of the replicas that are to be dropped. Returns false when none are left.
    mutating func dropSlice(bucketLimit: Int) -> Bool {
        guard var first = dropping.popFirst() else { return false }
        let end = min(first.bucket + bucketLimit, Limits.blockReportBuckets)
        for bucket in first.bucket..<end {
            for block in replicas.blocks(in: first.storage, bucket: bucket) { removed(block, from: first.storage) }
        }
        first.bucket = end
        if end < Limits.blockReportBuckets { dropping.prepend(first) }
        return !dropping.isEmpty
    }

    private mutating func drop(_ storage: StorageIndex) {
        if replicas.count(in: storage) > 0 { dropping.append((storage, 0)) }
    }

    private mutating func takeStorages(_ reports: [StorageReport], of node: DatanodeIndex) throws(HFSError) {
        let named = Set(reports.map(\.storageID))
        for storage in nodes[node].storages {
            guard let record = nodes[storage], !named.contains(record.report.storageID) else { continue }
            effects.log(
                .warning, "storage-gone",
                ["datanode": "\(nodes[node].descriptor.transferAddress)", "storage": "\(record.report.storageID)"])
            for bucket in 0..<Limits.blockReportBuckets {
                for block in replicas.blocks(in: storage, bucket: bucket) { removed(block, from: storage) }
            }
            dropping.removeAll { $0.storage == storage }
            nodes.removeStorage(storage)
            replicas.removeStorage(storage)
        }
        for report in reports {
            if let storage = nodes.storage(report.storageID, of: node) {
                nodes[storage]?.report = report
            } else {
                try addStorage(report, to: node)
            }
        }
    }

    private mutating func addStorage(_ report: StorageReport, to node: DatanodeIndex) throws(HFSError) {
        guard let storage = replicas.addStorage() else {
            throw HFSError(.retriable, "The namenode knows 65,535 storages and takes no more")
        }
        nodes.addStorage(storage, report, to: node)
    }

    /// What was ordered before a node's connection broke may never have reached it.
    private mutating func requeueInvalidations(_ node: DatanodeIndex) {
        nodes[node].invalidations = []
        guard replicas.invalidatingCount > 0 else { return }
        for storage in nodes[node].storages {
            for bucket in 0..<Limits.blockReportBuckets {
                for block in replicas.blocks(in: storage, bucket: bucket)
                where replicas.replica(of: block, on: storage)?.flags.contains(.invalidating) == true {
                    nodes[node].invalidations.append(Datanode.PendingDeletion(storage: storage, block: block))
                }
            }
        }
    }
}
