internal import Core
internal import Logging
internal import MetaStore

/// Judging blocks against their rows, in batches.
extension BlockManager {
    private static let batchSize = 256
    private static let batchesInFlightMax = 4

    /// Starts judging the next batch. Returns false when there is none, or enough are under way.
    func startEvaluation() -> Bool {
        let batch = update { state -> [BlockID] in
            guard state.evaluationsInFlight < Self.batchesInFlightMax else { return [] }
            let batch = state.evaluation.next(Self.batchSize)
            if !batch.isEmpty { state.evaluationsInFlight += 1 }
            return batch
        }
        guard !batch.isEmpty else { return false }
        engine.read(
            { view throws(PlanInterrupt) in try Self.truths(of: batch, view) },
            completion: { [weak self] result in
                guard let self else { return }
                update { $0.evaluationsInFlight -= 1 }
                switch result {
                case .success(let truths): judge(batch, truths)
                case .failure(let error): unreadable(batch, error)
                }
                monitor.wake()
            })
        return true
    }

    /// Reads the rows of all blocks, and asks for all missing ones at once.
    private static func truths(
        of blocks: [BlockID], _ view: any MetadataView
    ) throws(PlanInterrupt) -> [BlockTruth?] {
        var truths: [BlockTruth?] = []
        truths.reserveCapacity(blocks.count)
        var missing: [RowRequest] = []
        for block in blocks {
            do throws(PlanInterrupt) {
                truths.append(try view.block(block).map(BlockTruth.init))
            } catch {
                guard case .needRows(let requests) = error else { throw error }
                missing += requests
            }
        }
        guard missing.isEmpty else { throw .needRows(missing) }
        return truths
    }

    private func judge(_ batch: [BlockID], _ truths: [BlockTruth?]) {
        let nowMs = clock.monotonicMs
        let unknown = update { state -> [BlockID] in
            var unknown: [BlockID] = []
            for (block, truth) in zip(batch, truths) {
                if truth == nil, block.sequence >= state.blockHighWater {
                    unknown.append(block)
                } else {
                    state.evaluate(block, truth, nowMs: nowMs)
                }
            }
            return unknown
        }
        guard !unknown.isEmpty else { return }
        // The high-water mark as it was known may be older than the blocks: ask again before they are called foreign.
        askHighWater { state, _ in
            for block in unknown { state.evaluate(block, nil, nowMs: nowMs) }
        }
    }

    /// Rows that cannot be read judge nothing: no replica is deleted or copied for them. One damaged row must not hold up the
    /// rest of its batch, so each is tried alone.
    private func unreadable(_ batch: [BlockID], _ error: HFSError) {
        guard batch.count > 1, error.code != .retriable else {
            logger.error(
                "block-rows-unreadable",
                metadata: [
                    "blocks": "\(batch.count)", "first": "\(batch.first.map(\.description) ?? "")", "error": "\(error)",
                ])
            return
        }
        for block in batch {
            engine.read(
                { view throws(PlanInterrupt) in try Self.truths(of: [block], view) },
                completion: { [weak self] result in
                    switch result {
                    case .success(let truths): self?.judge([block], truths)
                    case .failure(let error): self?.unreadable([block], error)
                    }
                })
        }
    }
}

extension BlockTruth {
    init(_ row: BlockRow) {
        self.init(
            stamp: row.generationStamp, length: row.length, replication: Int(row.replication),
            isCommitted: row.state == .committed, isInline: row.isInline)
    }
}
