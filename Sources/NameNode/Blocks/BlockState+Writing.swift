internal import Core
internal import DequeModule

/// What writers and the namespace do to blocks.
extension BlockState {
    mutating func chooseTargets(_ request: PlacementRequest, nowMs: Int64) throws(HFSError) -> [LocatedBlock.Location] {
        let candidates = candidates(nowMs: nowMs, blockSize: request.blockSize)
        let picked = PlacementPolicy.choose(request, from: candidates, &random)
        guard picked.isEmpty, request.replication > 0 else { return picked }
        throw PlacementPolicy.noDatanodes(
            running: runningNodeCount(nowMs: nowMs), excluded: request.excluded.count)
    }

    mutating func blockAllocated(_ block: BlockID, _ stamp: GenerationStamp, pipeline: [LocatedBlock.Location]) {
        setExpected(block, OpenBlock(stamp: stamp, expected: pipeline))
    }

    mutating func pipelineUpdated(_ block: BlockID, stamp: GenerationStamp, locations: [LocatedBlock.Location]) {
        setExpected(block, OpenBlock(stamp: stamp, expected: locations))
    }

    mutating func blockCommitted(
        _ block: BlockID, _ stamp: GenerationStamp, length: UInt64, replication: Int, nowMs: Int64
    ) {
        recoveries.remove(block)
        let truth = BlockTruth(stamp: stamp, length: length, replication: replication, isCommitted: true)
        var record = open[block] ?? OpenBlock(stamp: stamp, expected: [])
        countOpen(record, -1)
        record.stamp = stamp
        record.committed = truth
        record.deadlineMs = nowMs + configuration.commitGraceMs
        open[block] = record
        commitDeadlines.append((block, record.deadlineMs))
        evaluate(block, truth, nowMs: nowMs)
    }

    mutating func blocksRemoved(_ blocks: [BlockID]) {
        for block in blocks {
            if let record = open.removeValue(forKey: block) { countOpen(record, -1) }
            recoveries.remove(block)
            queue.remove(block)
            transfers.remove(block)
            postponed.remove(block)
            forgetMove(block)
            for replica in replicas.replicas(of: block) { invalidate(block, on: replica.storage) }
            effects.fire(waiters.takeAll(block), isMet: false)
        }
    }

    mutating func replicationChanged(_ blocks: [BlockID], replication: Int) {
        for block in blocks {
            if open[block]?.committed != nil { open[block]?.committed?.replication = replication }
            evaluateLater(block)
        }
    }

    /// Marks the replicas on these nodes corrupt: on a datanode's word, or as a reader claims. A claim never takes the last
    /// good replica from readers, nor one of a block that is being written.
    mutating func reportBad(
        _ block: BlockID, on reported: [DatanodeIndex], stamp: GenerationStamp?, isClaim: Bool, nowMs: Int64
    ) {
        if isClaim, !hasGoodReplica(block, notOn: reported) {
            return effects.log(
                .warning, "bad-block-claim-ignored",
                ["block": "\(block)", "reason": "no good replica would be left; the datanodes' own checks decide"])
        }
        for replica in replicas.replicas(of: block) {
            guard let node = node(of: replica.storage), reported.contains(node) else { continue }
            if let stamp, replica.stamp != stamp.rawValue { continue }
            let isConfirmed = !isClaim && replica.flags.contains(.claimed)
            guard isConfirmed || !replica.flags.contains(.corrupt) else { continue }
            let flags =
                isClaim
                ? replica.flags.union([.corrupt, .claimed]) : replica.flags.subtracting(.claimed).union(.corrupt)
            replicas.setFlags(flags, of: block, on: replica.storage)
            effects.log(
                .warning, "replica-corrupt",
                [
                    "block": "\(block)", "datanode": "\(nodes[node].descriptor.transferAddress)",
                    "reason": "\(isClaim ? "claimed by a reader" : "reported")",
                ])
        }
        evaluateLater(block)
    }

    private func hasGoodReplica(_ block: BlockID, notOn excluded: [DatanodeIndex]) -> Bool {
        var found = false
        replicas.forEach(of: block) { replica in
            guard replica.isGood, let node = node(of: replica.storage), !excluded.contains(node) else { return }
            found = true
        }
        return found
    }

    /// Committed blocks whose replicas had their time: what is missing now is missing.
    mutating func expireCommitted(nowMs: Int64) {
        while let first = commitDeadlines.first, first.deadlineMs <= nowMs {
            commitDeadlines.removeFirst()
            guard let record = open[first.block], record.committed != nil, record.deadlineMs <= nowMs else { continue }
            open[first.block] = nil
            evaluateLater(first.block)
        }
    }

    mutating func whenReported(
        _ block: BlockID, _ stamp: GenerationStamp, minimum: Int, deadlineMs: Int64,
        _ done: @escaping @Sendable (Bool) -> Void
    ) {
        if reportedCount(block, stamp) >= minimum { return effects.fire([done], isMet: true) }
        waiters.add(block, stamp, minimum: minimum, deadlineMs: deadlineMs, done)
        effects.wakesMonitor = true
    }

    private mutating func setExpected(_ block: BlockID, _ record: OpenBlock) {
        if let before = open[block] {
            // The answer to a repeated call may come after the block's end.
            guard before.committed == nil else { return }
            countOpen(before, -1)
        }
        open[block] = record
        countOpen(record, 1)
    }

    /// Counts a block that is being written on the nodes of its pipeline, or takes it off.
    private mutating func countOpen(_ record: OpenBlock, _ sign: Int) {
        guard record.committed == nil else { return }
        for location in record.expected {
            if let node = nodes.index(ofUUID: location.datanode.uuid) { nodes[node].openBlocks += sign }
        }
    }
}
