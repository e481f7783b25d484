import Core
import Logging
import MetaStore

/// Submits operations and, once they are durable, has memory follow: leases, blocks, the reclaimer.
final class NamespaceWriter: Sendable {
    typealias Completion = @Sendable (Result<Outcome<Answer>, HFSError>) -> Void

    let engine: any MetadataEngine
    let blocks: BlockManager
    let leases: LeaseManager
    let identities: Identities
    let cursors: CursorTable
    let reads = TracedReads()
    let rounds = ReadRounds()
    /// In whose name the namenode itself changes things.
    let ownCaller: Caller
    private let unlinked = CallbackSlot<InodeID>()
    private let runEnded = CallbackSlot<RunID>()

    init(
        engine: any MetadataEngine, blocks: BlockManager, leases: LeaseManager, identities: Identities,
        superuser: String
    ) {
        self.engine = engine
        self.blocks = blocks
        self.leases = leases
        self.identities = identities
        cursors = CursorTable(feed: engine.feed)
        ownCaller = Caller(user: superuser, isSuperuser: true)
    }

    /// Who is told of unlinked subtrees.
    func setReclaimer(_ new: @escaping @Sendable (InodeID) -> Void) { unlinked.set(new) }

    /// Who is told of runs that have ended.
    func setRunEnded(_ new: @escaping @Sendable (RunID) -> Void) { runEnded.set(new) }

    /// As the engine's `submit`; the effects of the operation are applied before `completion` runs.
    func submit(_ operation: some NamespaceOperation, retry: RetryKey? = nil, completion: @escaping Completion) {
        let finish: Completion = { [self] result in
            if case .success(.done(let answer)) = result { apply(answer.effects) }
            completion(result)
        }
        guard let run = operation.run else { return engine.submit(operation, retry: retry, completion: finish) }
        engine.submit(RunOperation(operation, run: run, reads: reads), retry: retry, completion: finish)
    }

    func submit(_ operation: some NamespaceOperation) async throws(HFSError) -> Answer.Body {
        let result: Result<Outcome<Answer>, HFSError> = await withCheckedContinuation { continuation in
            submit(operation) { continuation.resume(returning: $0) }
        }
        switch try result.get() {
        case .done(let answer): return answer.body
        case .replayed: return .empty
        }
    }

    func apply(_ effects: [Effect]) {
        for effect in effects {
            switch effect {
            case .leaseOpened(let inode, let holder, let run): leases.open(inode, holder: holder, run: run)
            case .leaseClosed(let inode): leases.close(inode)
            case .blockAllocated(let block, let stamp, let pipeline):
                blocks.blockAllocated(block, stamp, pipeline: pipeline)
            case .blockCommitted(let block, let stamp, let length, let replication):
                blocks.blockCommitted(block, stamp, length: length, replication: replication)
            case .pipelineUpdated(let block, let stamp, let locations):
                blocks.blockPipelineUpdated(block, newStamp: stamp, locations: locations)
            case .blocksRemoved(let removed): blocks.blocksRemoved(removed)
            case .replicationChanged(let changed, let replication):
                blocks.replicationChanged(changed, replication: replication)
            case .inlineMoving(let wish): blocks.moveInline(wish)
            case .inlineKept(let wish): blocks.keepInline(wish)
            case .recoveryStarted(let block, let stamp, let recoveryID):
                blocks.startRecovery(block, stamp, recoveryID: recoveryID)
            case .cursorMoved(let name, let lsn): cursors.move(name, to: lsn)
            case .unlinked(let inode): unlinked.call(inode)
            case .tokenKeysRolled(let keys): identities.setKeys(keys)
            case .tokenIssued(let number, let row): identities.issued(number, row)
            case .tokenRemoved(let number): if let run = identities.removed(number) { runEnded.call(run) }
            }
        }
    }
}
