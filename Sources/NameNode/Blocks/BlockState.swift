internal import Core
internal import DequeModule

/// All that the namenode knows of replicas and datanodes, and every decision about them: soft state, built from reports.
///
/// A value without clock, lock or I/O. Functions take the time and leave what is to be done outside in `effects`; a block
/// that something happened to goes to `evaluation` and is judged when its row is at hand.
struct BlockState {
    let configuration: BlockConfiguration
    var replicas = ReplicaMap()
    var nodes = DatanodeRegistry()
    var open: [BlockID: OpenBlock] = [:]
    /// Committed blocks whose replicas are awaited, by deadline.
    var commitDeadlines: Deque<(block: BlockID, deadlineMs: Int64)> = []
    var evaluation = EvaluationQueue()
    var waiters = ReportWaiters()
    var queue = ReplicationQueue()
    var transfers = PendingTransfers()
    var recoveries = BlockRecoveries()
    /// Inline blocks that are to become ordinary ones, with what is known of them.
    var moving: [BlockID: BlockVersion] = [:]
    /// When the rows that name them are read again; nil once they were read.
    var movingLoadAtMs: Int64?
    var safemode: SafemodeState
    var safemodeWaiters: [(deadlineMs: Int64, done: @Sendable (Bool) -> Void)] = []
    /// Callers that any datanode will serve, while none is there.
    var nodeWaiters: [(deadlineMs: Int64, done: @Sendable (Bool) -> Void)] = []
    /// Blocks that may be over-replicated, judged again when more is known of the replicas' datanodes.
    var postponed: Set<BlockID> = []
    /// Storages whose replicas are being forgotten, with the next bucket.
    var dropping: Deque<(storage: StorageIndex, bucket: Int)> = []
    /// Batches of blocks whose rows are being read.
    var evaluationsInFlight = 0
    /// No block with this sequence number or a higher one was handed out when it was asked for.
    var blockHighWater: UInt64 = 0
    /// No block is copied before this time.
    var replicationFromMs = Int64.max
    /// No replica is deleted for being one too many before this time; nil once it is past.
    var trimFromMs: Int64? = Int64.max
    /// When blocks that need copies are looked at again.
    var nextSchedulingMs = Int64.min
    var random: RandomSource
    var effects = BlockEffects()

    init(configuration: BlockConfiguration, nowMs: Int64, seed: UInt64) {
        self.configuration = configuration
        safemode = SafemodeState(startedMs: nowMs)
        random = RandomSource(seed: seed)
    }

    mutating func takeEffects() -> BlockEffects {
        var taken = BlockEffects()
        swap(&taken, &effects)
        return taken
    }

    // MARK: Shared by the extensions

    /// The node of a storage.
    func node(of storage: StorageIndex) -> DatanodeIndex? { nodes[storage]?.node }

    func liveness(of storage: StorageIndex, nowMs: Int64) -> Datanode.Liveness {
        guard let node = node(of: storage) else { return .dead }
        return nodes[node].liveness(nowMs: nowMs, configuration)
    }

    mutating func evaluateLater(_ block: BlockID) {
        evaluation.insert(block)
        effects.wakesMonitor = true
    }

    /// Marks a replica for deletion: it is never counted or offered again.
    mutating func invalidate(_ block: BlockID, on storage: StorageIndex) {
        guard let replica = replicas.replica(of: block, on: storage), let node = node(of: storage) else { return }
        guard !replica.flags.contains(.invalidating) else { return }
        replicas.setFlags(replica.flags.union(.invalidating), of: block, on: storage)
        nodes[node].invalidations.append(Datanode.PendingDeletion(storage: storage, block: block))
    }

    /// Nodes that a new replica may go to.
    func candidates(nowMs: Int64, blockSize: UInt64) -> [PlacementPolicy.Candidate] {
        nodes.nodes.compactMap { node in
            let liveness = node.liveness(nowMs: nowMs, configuration)
            guard liveness <= .stale, let storage = nodes.roomiestStorage(of: node.index, blockSize: blockSize) else {
                return nil
            }
            return PlacementPolicy.Candidate(
                location: LocatedBlock.Location(
                    datanode: node.descriptor, storageID: storage.report.storageID, storageKind: storage.report.kind),
                remainingBytes: storage.report.remainingBytes, load: Int(node.transfers) + node.openBlocks,
                isStale: liveness == .stale)
        }
    }

    /// How many datanodes are connected.
    func runningNodeCount(nowMs: Int64) -> Int {
        nodes.nodes.count { $0.liveness(nowMs: nowMs, configuration) <= .stale }
    }

    /// Tells those who wait for replicas of `block`.
    mutating func fireWaiters(_ block: BlockID) {
        guard waiters.isAwaited(block) else { return }
        var counts: [GenerationStamp: Int] = [:]
        replicas.forEach(of: block) { replica in
            if replica.isGood { counts[replica.generationStamp, default: 0] += 1 }
        }
        effects.fire(waiters.take(block) { counts[$0] ?? 0 }, isMet: true)
    }

    /// Good finalized replicas with this stamp on nodes that are not dead.
    func reportedCount(_ block: BlockID, _ stamp: GenerationStamp) -> Int {
        var count = 0
        replicas.forEach(of: block) { replica in
            if replica.isGood, replica.stamp == stamp.rawValue { count += 1 }
        }
        return count
    }
}
