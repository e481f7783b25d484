internal import Core
internal import Synchronization

/// The running parts of a `ShardEngine`, wired, and the order in which they end.
///
/// `@unchecked Sendable`: the parts are thread-safe; `readView` holds nothing but the view and is used under its lock.
final class EngineParts: @unchecked Sendable {
    let identity: NamespaceIdentity
    let view: PublishedView
    let readView: ReadView
    let planner: Planner
    let readers: ReaderPool
    let gate: LagGate
    let committer: BatchCommitter
    let keeper: SegmentKeeper
    let feed: EventFeed
    let shards: [ShardThread]
    let metrics: EngineMetrics
    let mirror: MirroredFileIO?
    private let locks: [any IOFile]
    private let isClosed = Mutex(false)

    init(
        identity: NamespaceIdentity, view: PublishedView, planner: Planner, readers: ReaderPool, gate: LagGate,
        committer: BatchCommitter, keeper: SegmentKeeper, feed: EventFeed, shards: [ShardThread],
        metrics: EngineMetrics, mirror: MirroredFileIO?, locks: [any IOFile]
    ) {
        self.identity = identity
        self.view = view
        readView = ReadView(view)
        self.planner = planner
        self.readers = readers
        self.gate = gate
        self.committer = committer
        self.keeper = keeper
        self.feed = feed
        self.shards = shards
        self.metrics = metrics
        self.mirror = mirror
        self.locks = locks
    }

    func start(readerThreads: Int) throws(HFSError) {
        try keeper.start()
        try feed.start()
        try readers.start(threads: readerThreads)
        for shard in shards { try shard.start() }
        try planner.start()
    }

    /// Ends the threads from front to back, so that each finds the next one still running. Once; a second call does nothing.
    func close() throws(HFSError) {
        guard
            !isClosed.withLock({ closed in
                defer { closed = true }
                return closed
            })
        else { return }
        planner.close()
        readers.close()
        feed.close()
        var failure: HFSError?
        for shard in shards {
            do throws(HFSError) { try shard.close() } catch { failure = failure ?? error }
        }
        keeper.close()
        for lock in locks { lock.close() }
        if let failure { throw failure }
    }
}
