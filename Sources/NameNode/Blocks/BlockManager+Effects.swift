internal import Core
internal import Logging
internal import MetaStore

/// What changes of the state ask the world to do, and the monitor's round.
extension BlockManager {
    func perform(_ effects: BlockEffects) {
        for finding in effects.findings { log(finding) }
        for (done, isMet) in effects.fired { done(isMet) }
        for result in effects.recoveries { tellSink(result) }
        for block in effects.replicaless { dropReplicaless(block) }
        for wish in effects.moves { finishMove(wish) }
        for block in effects.forgottenMoves { forgetMove(block) }
        for descriptor in effects.remembered { submit(RememberDatanode(descriptor: descriptor), descriptor.uuid) }
        for uuid in effects.forgotten { submit(ForgetDatanode(uuid: uuid), uuid) }
        if effects.wakesMonitor { monitor.wake() }
    }

    /// One round: what is due, then judging. Returns the time of the next deadline by the monotonic clock.
    @discardableResult
    func runDue() -> Int64 {
        let nowMs = clock.monotonicMs
        let loadsMoving = update { state in
            state.round(nowMs: nowMs)
            return state.takeMovingLoad(nowMs: nowMs)
        }
        if loadsMoving { loadMoving() }
        while update({ $0.dropSlice(bucketLimit: Self.bucketsPerSlice) }) {}
        var batches = 0
        while batches < Self.batchesPerRound, startEvaluation() { batches += 1 }
        if batches == Self.batchesPerRound { monitor.wake() }
        return update { $0.nextDeadlineMs }
    }

    /// Reads what the cluster consisted of; safemode waits for it.
    func load(awaitsReads: Bool = false) {
        loadMoving()
        engine.read(
            { view throws(PlanInterrupt) in try DatanodeRow.all(view) },
            completion: { [weak self] result in
                guard let self else { return }
                switch result {
                case .success(let descriptors):
                    let nowMs = clock.monotonicMs
                    update { state in
                        for descriptor in descriptors { state.remembered(descriptor, nowMs: nowMs) }
                    }
                    let count = descriptors.count
                    askHighWater { state, ids in
                        state.safemode.loaded(
                            hasBlocks: ids.hasBlocks, awaitsReads: awaitsReads, nodeCount: count)
                    }
                case .failure(let error):
                    logger.error(
                        "datanode-rows-unreadable", metadata: ["error": "\(error)", "effect": "safemode stays on"])
                }
            })
    }

    /// Inline blocks that are still to be moved to datanodes.
    func loadMoving() {
        engine.read(
            { view throws(PlanInterrupt) in try MovingRow.all(view) },
            completion: { [weak self] result in
                guard let self else { return }
                switch result {
                case .success(let wishes): update { $0.move(wishes) }
                case .failure(let error):
                    let againAtMs = clock.monotonicMs + Self.loadAgainMs
                    update { $0.movingLoadAtMs = againAtMs }
                    logger.error(
                        "moving-rows-unreadable",
                        metadata: [
                            "error": "\(error)",
                            "effect": "small files stay with the namenode, tried again in a minute",
                        ])
                }
            })
    }

    /// Changes the row of an inline block that datanodes have now. What fails is tried again when something happens to a datanode.
    private func finishMove(_ wish: MovingRow) {
        engine.submit(FinishMove(wish: wish), retry: nil) { [weak self] result in
            guard let self else { return }
            switch result {
            case .success: update { $0.moveEnded(wish) }
            case .failure(let error):
                logger.error("inline-block-not-moved", metadata: ["block": "\(wish.block)", "error": "\(error)"])
                update { state in _ = state.postponed.insert(wish.block) }
            }
        }
    }

    /// What fails is done after the next start, which finds the wish and no block.
    private func forgetMove(_ block: BlockID) {
        engine.submit(ForgetMove(block: block), retry: nil) { [logger] result in
            guard case .failure(let error) = result else { return }
            logger.error("moving-row-not-deleted", metadata: ["block": "\(block)", "error": "\(error)"])
        }
    }

    /// Learns which ids were handed out until now, then changes the state.
    func askHighWater(_ then: @escaping @Sendable (inout BlockState, IdentifiersInUse) -> Void) {
        engine.submit(ReadIdentifiers(), retry: nil) { [weak self] result in
            guard let self else { return }
            switch result {
            case .success(.done(let ids)):
                update { state in
                    state.blockHighWater = max(state.blockHighWater, ids.blockSequence)
                    then(&state, ids)
                    state.effects.wakesMonitor = true
                }
            case .success(.replayed): break
            case .failure(let error): logger.error("identifiers-unreadable", metadata: ["error": "\(error)"])
            }
        }
    }

    private static let bucketsPerSlice = 64
    private static let batchesPerRound = 64
    private static let loadAgainMs: Int64 = 60_000

    private func log(_ finding: BlockEffects.Finding) {
        let level: Logger.Level =
            switch finding.severity {
            case .info: .info
            case .warning: .warning
            case .error: .error
            }
        logger.log(level: level, "\(finding.event)", metadata: finding.metadata.mapValues { .string($0) })
    }

    private func tellSink(_ result: BlockEffects.RecoveryResult) {
        guard let sink = recoverySink() else {
            logger.error("recovery-without-sink", metadata: ["block": "\(result.block)"])
            return
        }
        sink.recoveryCommitted(
            block: result.block, newStamp: result.newStamp, length: result.length, deleteBlock: result.deleteBlock,
            locations: result.locations)
    }

    /// A block under recovery that no datanode has: it goes when no byte of it was ever promised and every node of its
    /// pipeline has told that it holds nothing. Else the recovery goes on until they are back.
    private func dropReplicaless(_ block: BlockID) {
        engine.read(
            { view throws(PlanInterrupt) in try view.block(block) },
            completion: { [weak self] result in
                guard let self, case .success(let row?) = result else { return }
                guard row.state == .underConstruction else { return }
                guard row.length == 0 else {
                    logger.error(
                        "recovery-without-replica", metadata: ["block": "\(block)", "syncedBytes": "\(row.length)"])
                    return
                }
                let nowMs = clock.monotonicMs
                let (heard, missing, isNews) = update { state in
                    let (heard, missing) = state.askedForNothing(block, pipeline: row.pipeline, nowMs: nowMs)
                    let isWaiting = !missing.isEmpty || row.pipeline.isEmpty
                    return (heard, missing, isWaiting && state.recoveries.noteWaiting(block))
                }
                if isNews {
                    logger.error(
                        "recovery-waits",
                        metadata: [
                            "block": "\(block)", "datanodes": "\(missing)",
                            "reason": "they may hold flushed bytes; the file stays open",
                        ])
                }
                guard missing.isEmpty, !row.pipeline.isEmpty else { return }
                logger.warning("recovery-without-replica", metadata: ["block": "\(block)", "decision": "removed"])
                recoverySink()?.recoveryCommitted(
                    block: block, newStamp: row.generationStamp, length: 0, deleteBlock: true, locations: heard)
            })
    }

    private func submit<O: Operation>(_ operation: O, _ uuid: String) {
        engine.submit(operation, retry: nil) { [logger] result in
            guard case .failure(let error) = result else { return }
            logger.error("datanode-row-not-written", metadata: ["uuid": "\(uuid)", "error": "\(error)"])
        }
    }
}
