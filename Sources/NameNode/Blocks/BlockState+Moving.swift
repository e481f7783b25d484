internal import Core

/// Inline blocks of which somebody wants several copies: datanodes fetch them as a reader would and keep them, and once two have
/// them - or nobody wants them any more - the row is changed (`MoveInline`). Until then the namenode's copy is one that counts.
extension BlockState {
    /// Replicas that make up for the namenode's copy.
    private static let replicasEnough = 2

    mutating func move(_ blocks: [BlockID]) {
        for block in blocks {
            moving[block] = BlockVersion(id: block, generationStamp: GenerationStamp(0), length: 0)
            evaluateLater(block)
        }
    }

    /// The row is that of an ordinary block, or the wish is gone.
    mutating func moved(_ block: BlockID) {
        moving[block] = nil
        evaluateLater(block)
    }

    /// Nothing of an inline block that is not to be moved is ever deleted here: the row that says so may be an old one.
    mutating func evaluateInline(_ block: BlockID, _ truth: BlockTruth, nowMs: Int64) {
        guard moving[block] != nil, truth.isCommitted else { return queue.remove(block) }
        let good = judge(block, truth, nowMs: nowMs).good.count
        guard truth.replication > 1, good < Self.replicasEnough else {
            queue.remove(block)
            effects.moves.append(block)
            return
        }
        moving[block] = BlockVersion(id: block, generationStamp: truth.stamp, length: truth.length)
        queue.update(
            block, live: max(good, 1), coming: transfers.targets(of: block).count, wanted: truth.replication, corrupt: 0
        )
    }

    /// What to copy when no datanode has a replica: the node that gets the first one fetches the bytes and passes them on.
    func inlineSource(_ block: BlockID) -> BlockVersion? { moving[block] }
}
