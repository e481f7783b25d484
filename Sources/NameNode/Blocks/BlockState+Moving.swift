internal import Core

/// Inline blocks of which somebody wants several copies: datanodes fetch them as a reader would and keep them, and once two have
/// them the row is changed (`FinishMove`). Until then the namenode's copy is one that counts.
///
/// Only replicas with the wish's own stamp count. All of them come from the namenode's bytes and are on a disk before they are
/// reported: see `startTransfer`, and `ReplicaTransfer` of datanodes.
extension BlockState {
    /// Replicas that make up for the namenode's copy.
    private static let replicasEnough = 2

    mutating func move(_ wishes: [MovingRow]) {
        for wish in wishes where moving[wish.block].map({ $0.generationStamp < wish.stamp }) ?? true {
            moving[wish.block] = BlockVersion(id: wish.block, generationStamp: wish.stamp, length: 0)
        }
        for wish in wishes { evaluateLater(wish.block) }
    }

    /// The wish's row is gone: what was done for it is of no use, unless the block is an ordinary one by now.
    mutating func moveEnded(_ wish: MovingRow) {
        if let known = moving[wish.block], known.generationStamp <= wish.stamp { moving[wish.block] = nil }
        evaluateLater(wish.block)
    }

    /// The wish was taken back, so that its replicas can never become the block's.
    mutating func moveTakenBack(_ wish: MovingRow) {
        moveEnded(wish)
        queue.remove(wish.block)
        transfers.remove(wish.block)
        for replica in replicas.replicas(of: wish.block) where replica.stamp == wish.stamp.rawValue {
            invalidate(wish.block, on: replica.storage)
        }
    }

    /// The block is gone, and nobody moves it.
    mutating func forgetMove(_ block: BlockID) {
        if moving.removeValue(forKey: block) != nil { effects.forgottenMoves.append(block) }
    }

    /// Whether the wishes' rows, which could not be read, are to be read again now.
    mutating func takeMovingLoad(nowMs: Int64) -> Bool {
        guard let atMs = movingLoadAtMs, atMs <= nowMs else { return false }
        movingLoadAtMs = nil
        return true
    }

    /// Nothing of an inline block that is not to be moved is ever deleted here: the row that says so may be an old one. While it
    /// is, a replica with another stamp than the wish's is nobody's, and would keep its datanode from getting a true one.
    mutating func evaluateInline(_ block: BlockID, _ truth: BlockTruth, nowMs: Int64) {
        guard let version = moving[block], truth.isCommitted, truth.replication > 1 else { return queue.remove(block) }
        var wanted = truth
        wanted.stamp = version.generationStamp
        let judged = judge(block, wanted, nowMs: nowMs)
        let good = judged.good.count
        for replica in judged.corrupt where replica.stamp != wanted.stamp.rawValue {
            invalidate(block, on: replica.storage)
        }
        guard good < Self.replicasEnough else {
            queue.remove(block)
            effects.moves.append(MovingRow(block, wanted.stamp))
            return
        }
        moving[block] = BlockVersion(id: block, generationStamp: wanted.stamp, length: truth.length)
        queue.update(
            block, live: max(good, 1), coming: transfers.targets(of: block).count, wanted: truth.replication, corrupt: 0
        )
    }

    /// What to copy of a block that is being moved: the node that is to get the first new replica fetches the namenode's bytes and
    /// passes them on, also when another has a replica already.
    func inlineSource(_ block: BlockID) -> BlockVersion? { moving[block] }
}
