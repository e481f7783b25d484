internal import Core
internal import Logging
internal import NIOCore
internal import Transport
internal import WireProtocol

/// Recovers blocks that their writers left open, as the primary datanode: asks all replicas, agrees on a length, finalizes
/// them and tells the namenode.
struct BlockRecovery: Sendable {
    /// Asking may wait for a replica's writer to stop.
    private static let deadlineMs: Int64 = BlockStore.ownerWaitMs + 10_000

    let store: BlockStore
    let reporter: any ReplicaReporter
    let pool: ThreadPool
    let user: String
    let group: any EventLoopGroup
    let logger: Logger

    /// Errors: `.recoveryInProgress` when another recovery is newer, `.retriable` and others when it got nowhere; nothing is
    /// lost by a repetition.
    func run(_ command: Hfs_Datanode_Command.Recover, _ calls: NamenodeCalls) async throws(HFSError) {
        var targets: [LocatedBlock.Location] = []
        for target in command.replicas { targets.append(try LocatedBlock.Location(target)) }
        let block = Block(
            poolID: store.poolID ?? "", id: BlockID(command.block.blockID),
            generationStamp: GenerationStamp(command.block.generationStamp), length: command.block.length)
        let recoveryID = GenerationStamp(command.recoveryID)
        let peers = targets.map { peer($0.datanode) }
        let result: Result<Void, HFSError>
        do throws(HFSError) { result = .success(try await run(block, recoveryID, targets, peers, calls)) } catch {
            result = .failure(error)
        }
        for peer in peers { await peer?.close() }
        try result.get()
    }

    private func run(
        _ block: Block, _ recoveryID: GenerationStamp, _ targets: [LocatedBlock.Location], _ peers: [RPCClient?],
        _ calls: NamenodeCalls
    ) async throws(HFSError) {
        var answers: [RecoveryAgreement.Answer] = []
        for (index, target) in targets.enumerated() {
            do throws(HFSError) {
                let state = try await begin(block, recoveryID, peers[index])
                answers.append(state.map { .replica($0) } ?? .notFound)
            } catch  where error.code == .recoveryInProgress {
                throw error
            } catch  where error.code == .replicaNotFound {
                answers.append(.stale)
            } catch {
                logger.info(
                    "recovery_peer_failed",
                    metadata: ["target": .string(target.datanode.transferAddress), "error": .string("\(error)")])
                answers.append(.failed)
            }
        }
        switch try RecoveryAgreement.decide(answers, knownLength: block.length) {
        case .deleteBlock:
            try await calls.commitRecovery(block, recoveryID: recoveryID, length: 0, deletesBlock: true, replicas: [])
        case .finalize(let length, let participants):
            var done: [LocatedBlock.Location] = []
            var lastError: HFSError?
            for index in participants {
                do throws(HFSError) {
                    var location = targets[index]
                    location.storageID = try await finish(block, recoveryID, length, peers[index])
                    done.append(location)
                } catch { lastError = error }
            }
            guard !done.isEmpty else {
                throw lastError ?? HFSError(.io, "No replica could be finalized", subject: "\(block)")
            }
            try await calls.commitRecovery(
                block, recoveryID: recoveryID, length: length, deletesBlock: false, replicas: done)
            logger.info(
                "block_recovered", metadata: ["block": .stringConvertible(block), "length": .stringConvertible(length)])
        }
    }

    /// Nil for this node itself.
    private func peer(_ datanode: DatanodeDescriptor) -> RPCClient? {
        guard datanode.uuid != store.datanodeUUID else { return nil }
        return RPCClient(
            host: datanode.address, port: datanode.rpcPort, user: user, protocolName: InterDatanodeService.name,
            group: group,
            logger: logger)
    }

    private func begin(
        _ block: Block, _ recoveryID: GenerationStamp, _ peer: RPCClient?
    ) async throws(HFSError) -> BlockStore.RecoveryState? {
        guard let peer else {
            return try await pool.run { [store] () throws(HFSError) in
                try store.beginRecovery(block.id, block.generationStamp, recoveryID: recoveryID)
            }
        }
        var request = Hfs_Datanode_InitRecoveryRequest()
        request.poolID = block.poolID
        request.block = NamenodeCalls.ref(block.id, block.generationStamp, block.length)
        request.recoveryID = recoveryID.rawValue
        let answer: Hfs_Datanode_InitRecoveryResponse = try await peer.call(
            "initRecovery", request, deadlineMs: Self.deadlineMs)
        guard answer.found else { return nil }
        return BlockStore.RecoveryState(
            state: ReplicaState(rawValue: UInt8(clamping: answer.state.rawValue)) ?? .rwr,
            generationStamp: GenerationStamp(answer.block.generationStamp), length: answer.block.length)
    }

    /// The storage that holds the finalized replica.
    private func finish(
        _ block: Block, _ recoveryID: GenerationStamp, _ length: UInt64, _ peer: RPCClient?
    ) async throws(HFSError) -> String {
        guard let peer else {
            return try await pool.run { [store, reporter] () throws(HFSError) in
                try store.finishRecovery(block.id, recoveryID: recoveryID, length: length, reporter)
            }
        }
        var request = Hfs_Datanode_FinishRecoveryRequest()
        request.poolID = block.poolID
        request.block = NamenodeCalls.ref(block.id, block.generationStamp, block.length)
        request.recoveryID = recoveryID.rawValue
        request.length = length
        let answer: Hfs_Datanode_FinishRecoveryResponse = try await peer.call(
            "finishRecovery", request, deadlineMs: Self.deadlineMs)
        return answer.storageID
    }
}
