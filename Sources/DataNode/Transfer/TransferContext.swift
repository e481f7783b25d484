internal import Core
internal import Logging
internal import Transport

/// What every data transfer needs.
struct TransferContext: Sendable {
    var store: BlockStore
    var reporter: any ReplicaReporter
    var reads: ReadReports
    var metrics: DataNodeMetrics
    var timeouts: TransferTimeouts
    /// Responders of pipelines, and transfers that this node starts.
    var pool: ThreadPool
    /// Asks the namenode for blocks that it keeps itself.
    var inlineBlocks: InlineBlocks
    var logger: Logger

    /// A replica of this node; else, when it has none, the block as the namenode has it. Blocks the calling thread.
    /// Errors: `.replicaNotFound`, `.io`.
    func open(_ block: Block, end: UInt64 = 0) throws(HFSError) -> BlockStore.Readable {
        do throws(HFSError) {
            return try store.open(block.id, block.generationStamp, end: end)
        } catch {
            guard error.code == .replicaNotFound, !store.hasReplica(of: block.id) else { throw error }
            guard let bytes = try inlineBytes(block, notFound: error) else { throw error }
            return BlockStore.Readable(inline: bytes, generationStamp: block.generationStamp)
        }
    }

    private func inlineBytes(_ block: Block, notFound: HFSError) throws(HFSError) -> [UInt8]? {
        do throws(HFSError) {
            return try inlineBlocks.read(block.id, block.generationStamp)
        } catch {
            throw HFSError(notFound.code, notFound.message, subject: notFound.subject, cause: error.description)
        }
    }
}
