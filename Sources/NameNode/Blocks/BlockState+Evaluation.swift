internal import Core

/// Judging the replicas of a block against its row.
///
/// May run any number of times; a row that is a little old does no harm: a committed block's stamp and length never change,
/// ids are never used again, and whoever changes a row sends the block here again.
extension BlockState {
    /// Decides what the replicas of `block` are worth, and what is missing or too much. `truth` is nil when there is no such
    /// block; then `blockHighWater` must have been asked for after the replica was reported.
    mutating func evaluate(_ block: BlockID, _ truth: BlockTruth?, nowMs: Int64) {
        guard let truth else { return evaluateUnknown(block) }
        guard !truth.isInline else { return evaluateInline(block, truth, nowMs: nowMs) }
        guard truth.isCommitted else {
            queue.remove(block)
            return
        }
        var judged = judge(block, truth, nowMs: nowMs)
        fireWaiters(block)
        dropUseless(block, truth, &judged, nowMs: nowMs)
        if open[block]?.committed != nil {
            // The rest of the pipeline is about to report.
            guard judged.good.count >= truth.replication else { return }
            open[block] = nil
        }
        let coming = transfers.targets(of: block).count
        queue.update(
            block, live: judged.good.count, coming: coming, wanted: truth.replication, corrupt: judged.corrupt.count)
        if judged.good.count > truth.replication { trim(block, truth, judged, isCopying: coming > 0, nowMs: nowMs) }
    }

    struct Judged {
        /// One good replica a node.
        var good: [Replica] = []
        /// Further good replicas on a node that has one already.
        var doubles: [Replica] = []
        var corrupt: [Replica] = []
    }

    private mutating func evaluateUnknown(_ block: BlockID) {
        guard open[block] == nil else { return }
        queue.remove(block)
        postponed.remove(block)
        forgetMove(block)
        let isForeign = block.sequence >= blockHighWater
        for replica in replicas.replicas(of: block) where replica.flags.isDisjoint(with: [.invalidating, .quarantined])
        {
            guard isForeign else {
                invalidate(block, on: replica.storage)
                continue
            }
            replicas.setFlags(.quarantined, of: block, on: replica.storage)
            effects.log(
                .error, "replica-quarantined",
                [
                    "block": "\(block)",
                    "reason": "this namespace never handed out the id; it is neither used nor deleted",
                ])
        }
    }

    mutating func judge(_ block: BlockID, _ truth: BlockTruth, nowMs: Int64) -> Judged {
        var judged = Judged()
        var seen: Set<DatanodeIndex> = []
        for var replica in replicas.replicas(of: block) {
            guard !replica.flags.contains(.invalidating), let node = node(of: replica.storage) else { continue }
            if replica.flags.contains(.quarantined) {
                replica.flags.remove(.quarantined)
                replicas.setFlags(replica.flags, of: block, on: replica.storage)
            }
            if replica.flags.isDisjoint(with: .corrupt) || replica.flags.contains(.claimed),
                let reason = fault(of: replica, truth)
            {
                replica.flags.insert(.corrupt)
                replica.flags.remove(.claimed)
                replicas.setFlags(replica.flags, of: block, on: replica.storage)
                effects.log(
                    .warning, "replica-corrupt",
                    [
                        "block": "\(block)", "datanode": "\(nodes[node].descriptor.transferAddress)",
                        "reason": "\(reason)",
                    ])
            }
            if replica.flags.contains(.corrupt) {
                judged.corrupt.append(replica)
            } else if replica.state == .finalized {
                if seen.insert(node).inserted { judged.good.append(replica) } else { judged.doubles.append(replica) }
            }
        }
        return judged
    }

    /// What is wrong with a replica of a committed block; nil when nothing is, or when it is still on its way.
    private func fault(of replica: Replica, _ truth: BlockTruth) -> String? {
        switch replica.state {
        case .temporary: return nil
        // A recovery gives its participants a new stamp: one below the truth took no part in the one that counted.
        case .rbw, .underRecovery:
            return replica.stamp < truth.stamp.rawValue ? "stale: stamp \(replica.stamp), not \(truth.stamp)" : nil
        case .rwr: return "cut short by a datanode's stop"
        case .finalized:
            if replica.stamp != truth.stamp.rawValue { return "stale: stamp \(replica.stamp), not \(truth.stamp)" }
            return replica.length == truth.length ? nil : "length \(replica.length), not \(truth.length)"
        }
    }

    /// Deletes corrupt replicas when good ones make up for them: all that are wanted; or one, when the replica is stale (its
    /// bytes are of no use) or when no other node could take a copy until it is gone.
    ///
    /// A reader's claim is no proof, so for it the bar is higher: all that are wanted; or, to make room for a copy, two good
    /// ones (one when no more are wanted), and one deletion at a time, so that the copy comes before the next.
    private mutating func dropUseless(_ block: BlockID, _ truth: BlockTruth, _ judged: inout Judged, nowMs: Int64) {
        guard !judged.corrupt.isEmpty || !judged.doubles.isEmpty else { return }
        let reachable = judged.good.count { liveness(of: $0.storage, nowMs: nowMs) <= .stale }
        guard reachable > 0 else { return }
        let holders = Set(replicas.replicas(of: block).compactMap { node(of: $0.storage) })
        let hasRoomElsewhere = nodes.nodes.contains {
            $0.liveness(nowMs: nowMs, configuration) <= .stale && !holders.contains($0.index)
        }
        let enough = reachable >= truth.replication || !hasRoomElsewhere
        var canMakeRoom = !hasRoomElsewhere && reachable >= min(2, truth.replication) && !isDeleting(block)
        var kept: [Replica] = []
        for replica in judged.corrupt {
            let isStale = replica.stamp < truth.stamp.rawValue
            let isClaim = replica.flags.contains(.claimed)
            guard isStale || (isClaim ? reachable >= truth.replication || canMakeRoom : enough) else {
                kept.append(replica)
                continue
            }
            if isClaim { canMakeRoom = false }
            invalidate(block, on: replica.storage)
        }
        judged.corrupt = kept
        guard !judged.doubles.isEmpty else { return }
        guard !safemode.isOn, trimFromMs == nil else {
            postponed.insert(block)
            return
        }
        for replica in judged.doubles { invalidate(block, on: replica.storage) }
    }

    private func isDeleting(_ block: BlockID) -> Bool {
        var found = false
        replicas.forEach(of: block) { if $0.flags.contains(.invalidating) { found = true } }
        return found
    }

    /// Deletes replicas beyond what is wanted, from the fullest nodes first. Counts connected nodes with complete reports
    /// only: a replica that is not certain must not cost one that is.
    private mutating func trim(
        _ block: BlockID, _ truth: BlockTruth, _ judged: Judged, isCopying: Bool, nowMs: Int64
    ) {
        let certain = judged.good.filter {
            guard let node = node(of: $0.storage) else { return false }
            return nodes[node].connection != nil && nodes.isReportComplete(node)
        }
        guard !safemode.isOn, trimFromMs == nil, !isCopying, certain.count == judged.good.count else {
            postponed.insert(block)
            return
        }
        postponed.remove(block)
        let fullestFirst = certain.sorted { a, b in
            let freeA = nodes[a.storage]?.report.remainingBytes ?? 0
            let freeB = nodes[b.storage]?.report.remainingBytes ?? 0
            return (freeA, a.storage.rawValue) < (freeB, b.storage.rawValue)
        }
        for replica in fullestFirst.prefix(certain.count - max(1, truth.replication)) {
            invalidate(block, on: replica.storage)
        }
    }
}
