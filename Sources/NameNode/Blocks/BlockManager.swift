package import Core
package import Logging
package import MetaStore
internal import Synchronization

/// Where blocks are, and what is done about it: the namenode's view of datanodes and replicas.
///
/// All of it is soft state behind one leaf lock, held for microseconds; it is rebuilt from reports after a start. Decisions
/// about a block use its row, read through the engine; the only rows written here name the cluster's datanodes. Functions
/// may be called from any thread and do not block; closures are called without the lock, on the thread of the event that
/// caused them.
package final class BlockManager: Sendable {
    let engine: any MetadataEngine
    let clock: any HFSClock
    let configuration: BlockConfiguration
    let logger: Logger
    let monitor: BlockMonitor
    /// Held writes ask it; see `Safemode`.
    package let safemode: Safemode

    private let state: Mutex<BlockState>
    private let sink = Mutex(WeakSink())

    private struct WeakSink {
        weak var sink: (any RecoverySink)?
    }

    /// `seed` fixes the random choices, for tests.
    package init(
        engine: any MetadataEngine, clock: any HFSClock, configuration: BlockConfiguration = BlockConfiguration(),
        logger: Logger, seed: UInt64? = nil
    ) {
        self.engine = engine
        self.clock = clock
        self.configuration = configuration
        self.logger = logger
        monitor = BlockMonitor(clock: clock)
        safemode = Safemode()
        let chosen = seed ?? UInt64.random(in: .min ... .max)
        state = Mutex(BlockState(configuration: configuration, nowMs: clock.monotonicMs, seed: chosen))
        safemode.attach(self)
    }

    /// Loads the names of the cluster's datanodes and starts the monitor's thread. Errors: `.io` when no thread can start.
    ///
    /// - Parameter awaitsReads: runs live whose reads datanodes may know: safemode waits for them also without blocks.
    package func start(awaitsReads: Bool = false) throws(HFSError) {
        load(awaitsReads: awaitsReads)
        try monitor.start { [weak self] in self?.runDue() ?? Int64.max }
    }

    /// Ends the monitor's thread and waits for it. Waiting callers get false.
    package func stop() {
        monitor.stop()
        update { state in
            state.effects.fire(state.waiters.expire(nowMs: Int64.max), isMet: false)
            state.effects.fire((state.safemodeWaiters + state.nodeWaiters).map(\.done), isMet: false)
            state.safemodeWaiters = []
            state.nodeWaiters = []
        }
    }

    /// Who is told of recovered blocks; kept weakly.
    package func setRecoverySink(_ new: any RecoverySink) { sink.withLock { $0.sink = new } }

    // MARK: For the namespace

    /// Datanodes for a new block, the writer's own first: connected ones with room; fewer than asked when there are not
    /// enough. Errors: `.noDatanodes` when there is none, with HDFS's text behind "File <path> ".
    package func chooseTargets(_ request: PlacementRequest) throws(HFSError) -> [LocatedBlock.Location] {
        let nowMs = clock.monotonicMs
        return try update { state throws(HFSError) in try state.chooseTargets(request, nowMs: nowMs) }
    }

    /// The replicas of a block with this stamp, in the order in which a reader should try them.
    package func locations(
        of block: BlockID, generationStamp: GenerationStamp, reader: String?
    ) -> (locations: [LocatedBlock.Location], isCorrupt: Bool) {
        let nowMs = clock.monotonicMs
        return state.withLock { $0.locations(of: block, generationStamp, reader: reader, nowMs: nowMs) }
    }

    /// Datanodes that can fetch an inline block for a reader, at most `count`, in the order in which it should try them; while
    /// it is being moved one less, since who waits for that many copies looks here.
    package func inlineLocations(of block: BlockID, count: Int, reader: String?) -> [LocatedBlock.Location] {
        let nowMs = clock.monotonicMs
        return state.withLock { state in
            let count = state.moving[block] == nil ? count : count - 1
            return state.inlineLocations(count: count, reader: reader, nowMs: nowMs)
        }
    }

    /// Calls `done` once: with true as soon as any datanode is connected, with false after `withinMs` or when none that is
    /// known may come.
    func whenDatanodeConnected(withinMs: Int64, _ done: @escaping @Sendable (Bool) -> Void) {
        let nowMs = clock.monotonicMs
        update { $0.whenNodeConnected(deadlineMs: nowMs + withinMs, nowMs: nowMs, done) }
    }

    /// Calls `done` once: with true as soon as `minimum` finalized replicas with this stamp are reported (at once, on this
    /// thread, when they are), with false after `withinMs` or when the block is removed.
    package func whenReported(
        _ block: BlockID, _ generationStamp: GenerationStamp, minimum: Int, withinMs: Int64,
        _ done: @escaping @Sendable (Bool) -> Void
    ) {
        let deadlineMs = clock.monotonicMs + withinMs
        update { $0.whenReported(block, generationStamp, minimum: minimum, deadlineMs: deadlineMs, done) }
        if withinMs < BlockMonitor.tickMs { monitor.wake() }
    }

    /// A block is being written to this pipeline.
    package func blockAllocated(_ block: BlockID, _ generationStamp: GenerationStamp, pipeline: [LocatedBlock.Location])
    {
        update { $0.blockAllocated(block, generationStamp, pipeline: pipeline) }
    }

    /// A pipeline was rebuilt with a new stamp; replicas with an older one are stale.
    package func blockPipelineUpdated(
        _ block: BlockID, newStamp: GenerationStamp, locations: [LocatedBlock.Location]
    ) {
        update { $0.pipelineUpdated(block, stamp: newStamp, locations: locations) }
    }

    /// A block has its final length in bytes. Replicas still missing get a few seconds before they are copied.
    package func blockCommitted(_ block: BlockID, _ generationStamp: GenerationStamp, length: UInt64, replication: Int)
    {
        let nowMs = clock.monotonicMs
        update {
            $0.blockCommitted(block, generationStamp, length: length, replication: replication, nowMs: nowMs)
        }
    }

    /// The blocks' rows are gone: their replicas are deleted.
    package func blocksRemoved(_ blocks: [BlockID]) {
        update { $0.blocksRemoved(blocks) }
    }

    /// The blocks' rows have a new replication: copies are made or deleted.
    package func replicationChanged(_ blocks: [BlockID], replication: Int) {
        update { $0.replicationChanged(blocks, replication: replication) }
    }

    /// This inline block is to become a block on datanodes.
    func moveInline(_ wish: MovingRow) { update { $0.move([wish]) } }

    /// This inline block is to stay one: the wish's row is gone.
    func keepInline(_ wish: MovingRow) { update { $0.moveTakenBack(wish) } }

    /// A reader found, as it says, wrong bytes in the replicas with this stamp on these datanodes. They are not offered
    /// any more while others are; they are deleted when enough good ones make up for them.
    package func reportBad(_ block: BlockID, _ generationStamp: GenerationStamp, datanodeUUIDs: [String]) {
        let nowMs = clock.monotonicMs
        update { state in
            let nodes = datanodeUUIDs.compactMap { state.nodes.index(ofUUID: $0) }
            state.reportBad(block, on: nodes, stamp: generationStamp, isClaim: true, nowMs: nowMs)
        }
    }

    /// Has the replicas of a block agree on a length and take the stamp `recoveryID`; the `RecoverySink` is told. Goes on,
    /// with one primary after the other, until the block is committed or removed.
    package func startRecovery(_ block: BlockID, _ generationStamp: GenerationStamp, recoveryID: GenerationStamp) {
        let nowMs = clock.monotonicMs
        update { $0.startRecovery(block, generationStamp, recoveryID: recoveryID, nowMs: nowMs) }
    }

    /// How far the recovery of an open block is; `pipeline`: the datanodes (uuids) that its row names.
    func recoveryStanding(_ block: BlockID, _ stamp: GenerationStamp, pipeline: [String]) -> RecoveryStanding {
        let nowMs = clock.monotonicMs
        return state.withLock { $0.recoveryStanding(block, stamp, pipeline: pipeline, nowMs: nowMs) }
    }

    /// The namespace did not take what a recovery of the block ended in.
    func noteRecoveryRefused(_ block: BlockID, _ reason: String) {
        state.withLock { $0.recoveries.noteRefusal(block, reason) }
    }

    /// The cluster in numbers.
    package func statistics() -> BlockStatistics {
        let nowMs = clock.monotonicMs
        return state.withLock { $0.statistics(nowMs: nowMs) }
    }

    /// Every datanode that is known, ordered by address.
    package func datanodeReports() -> [DatanodeReport] {
        let nowMs = clock.monotonicMs
        let offsetMs = clock.nowMs - nowMs
        return state.withLock { $0.datanodeReports(nowMs: nowMs, wallOffsetMs: offsetMs) }
    }

    // MARK: Inside

    /// Changes the state under the lock, then does what the change asks for.
    @discardableResult
    func update<R: Sendable, E: Error>(_ body: (inout BlockState) throws(E) -> R) throws(E) -> R {
        let (result, effects) = state.withLock { state in
            let result = Result { () throws(E) -> R in try body(&state) }
            safemode.set(isOn: state.safemode.isOn)
            return (result, state.takeEffects())
        }
        perform(effects)
        return try result.get()
    }

    func recoverySink() -> (any RecoverySink)? { sink.withLock { $0.sink } }
}
