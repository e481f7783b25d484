internal import Core
internal import Logging
internal import Transport
internal import WireProtocol

/// Does what the namenode's commands say, on threads of its own. Thread-safe; never blocks its callers.
final class CommandRunner: Sendable {
    /// Copies at once that the namenode started: they compete with clients for disks and network.
    private static let transfersMax = 8
    /// Commands that may wait; more are dropped, and the namenode asks again when it sees no effect.
    private static let queueMax = 100_000

    private let context: TransferContext
    private let descriptor: DatanodeDescriptor
    private let recovery: BlockRecovery
    private let transfers = ThreadPool(name: "hfs-replicate", threadsMax: transfersMax, queueMax: queueMax)
    private let deletions = ThreadPool(name: "hfs-delete", threadsMax: 2, queueMax: queueMax)
    private let connections: @Sendable () -> Int

    /// - Parameter connections: transfers that others started.
    init(
        context: TransferContext, descriptor: DatanodeDescriptor, recovery: BlockRecovery,
        connections: @escaping @Sendable () -> Int
    ) {
        self.context = context
        self.descriptor = descriptor
        self.recovery = recovery
        self.connections = connections
    }

    /// Asks the namenode for blocks that it keeps itself; the session gives it a connection.
    var inlineBlocks: InlineBlocks { context.inlineBlocks }

    var transferCount: Int { connections() + transfers.busyCount }

    func stop() {
        transfers.stop()
        deletions.stop()
    }

    func transfer(_ command: Hfs_Datanode_Command.Transfer) {
        submit(transfers, "transfer", command.block) { [context, descriptor] () throws(HFSError) in
            var targets: [LocatedBlock.Location] = []
            for target in command.targets { targets.append(try LocatedBlock.Location(target)) }
            let block = Block(
                poolID: context.store.poolID ?? "", id: BlockID(command.block.blockID),
                generationStamp: GenerationStamp(command.block.generationStamp), length: command.block.length)
            try ReplicaTransfer(block: block, targets: targets, clientName: "", source: descriptor, context: context)
                .run()
        }
    }

    /// Drops the replicas from the map and deletes their files. One that is not here is reported as deleted, too.
    func invalidate(_ command: Hfs_Datanode_Command.Invalidate) {
        guard let first = command.blocks.first else { return }
        submit(deletions, "invalidate", first) { [context] () throws(HFSError) in
            for ref in command.blocks {
                let block = BlockID(ref.blockID)
                let stamp = GenerationStamp(ref.generationStamp)
                do throws(HFSError) {
                    let record = try context.store.delete(block, atMost: stamp)
                    // A replica with a newer stamp is not the one that the namenode wants gone.
                    if record == nil, context.store.record(block) != nil { continue }
                    let storageID =
                        record.map { context.store.volume($0).storageID } ?? context.store.volumes[0].storageID
                    if record != nil { context.metrics.blocksDeleted.add() }
                    context.reporter.deleted(
                        block, record?.generationStamp ?? stamp, length: record?.length ?? ref.length,
                        storageID: storageID)
                } catch {
                    context.logger.warning(
                        "invalidate_failed",
                        metadata: ["block": .stringConvertible(block), "error": .string("\(error)")])
                }
            }
        }
    }

    /// Leads a block recovery to its end, or gives up: the namenode asks again.
    func recover(_ command: Hfs_Datanode_Command.Recover, _ calls: NamenodeCalls) async {
        do throws(HFSError) {
            try await recovery.run(command, calls)
            context.metrics.blocksRecovered.add()
        } catch {
            context.logger.warning(
                "recovery_failed",
                metadata: [
                    "block": .stringConvertible(BlockID(command.block.blockID)),
                    "recovery": .stringConvertible(command.recoveryID),
                    "error": .string("\(error)"),
                ])
        }
    }

    private func submit(
        _ pool: ThreadPool, _ what: String, _ block: Hfs_Datanode_BlockRef,
        _ body: @escaping @Sendable () throws(HFSError) -> Void
    ) {
        let logger = context.logger
        let note: @Sendable (HFSError) -> Void = { error in
            logger.warning(
                "command_failed",
                metadata: [
                    "command": .string(what), "block": .stringConvertible(BlockID(block.blockID)),
                    "error": .string("\(error)"),
                ])
        }
        do throws(HFSError) {
            try pool.submit {
                do throws(HFSError) { try body() } catch { note(error) }
            }
        } catch { note(error) }
    }
}
