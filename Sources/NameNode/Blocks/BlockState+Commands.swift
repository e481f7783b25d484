internal import Core
internal import DequeModule

/// What rides on the answer to a heartbeat.
extension BlockState {
    mutating func commands(for node: DatanodeIndex, nowMs: Int64) -> [DatanodeCommand] {
        var commands = Array(nodes[node].commands)
        nodes[node].commands = []
        let doomed = takeInvalidations(node, nowMs: nowMs)
        if !doomed.isEmpty { commands.append(.invalidate(doomed)) }
        commands += bucketRequests(node, nowMs: nowMs)
        return commands
    }

    /// Nothing is deleted in safemode, nor on a node that has not told all it has: a namenode that was started on the wrong
    /// metadata must not destroy what it does not know.
    private mutating func takeInvalidations(_ node: DatanodeIndex, nowMs: Int64) -> [BlockVersion] {
        guard !safemode.isOn, nodes.isReportComplete(node) else { return [] }
        while let sent = nodes[node].sentInvalidations.first, sent.againAtMs <= nowMs {
            nodes[node].sentInvalidations.removeFirst()
            if isInvalidating(sent.deletion) { nodes[node].invalidations.append(sent.deletion) }
        }
        var taken: [BlockVersion] = []
        while taken.count < configuration.invalidationsPerHeartbeatMax, let next = nodes[node].invalidations.popFirst()
        {
            guard let replica = replicas.replica(of: next.block, on: next.storage), isInvalidating(next) else {
                continue
            }
            taken.append(
                BlockVersion(id: next.block, generationStamp: replica.generationStamp, length: replica.length))
            nodes[node].sentInvalidations.append(
                Datanode.SentDeletion(deletion: next, againAtMs: nowMs + configuration.invalidationTimeoutMs))
        }
        return taken
    }

    private func isInvalidating(_ deletion: Datanode.PendingDeletion) -> Bool {
        replicas.replica(of: deletion.block, on: deletion.storage)?.flags.contains(.invalidating) == true
    }

    /// Asks for the buckets of a storage whose first report does not come to an end by itself.
    private mutating func bucketRequests(_ node: DatanodeIndex, nowMs: Int64) -> [DatanodeCommand] {
        guard let registeredAtMs = nodes[node].registeredAtMs else { return [] }
        var requests: [DatanodeCommand] = []
        for storage in nodes[node].storages {
            guard let record = nodes[storage], !record.isReportComplete, !record.report.hasFailed else { continue }
            let sinceMs = nowMs - (record.askedForBucketsAtMs ?? registeredAtMs)
            guard sinceMs >= (record.askedForBucketsAtMs == nil ? Self.reportPatienceMs : Self.reportAgainMs) else {
                continue
            }
            nodes[storage]?.askedForBucketsAtMs = nowMs
            let missing = (0..<Limits.blockReportBuckets).filter { !record.confirmed.contains($0) }
            requests.append(.sendBuckets(storageID: record.report.storageID, buckets: missing))
        }
        return requests
    }

    /// A datanode reports by itself right after it registers; later it is asked.
    private static let reportPatienceMs: Int64 = 5000
    private static let reportAgainMs: Int64 = 60_000
}
