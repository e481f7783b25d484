internal import Core
internal import Synchronization

/// Makes a batch durable, publishes it, passes it on to the shards and answers: one batch after another.
///
/// `@unchecked Sendable`: used by the planner thread alone, but for `answers`.
final class BatchCommitter: @unchecked Sendable {
    private let log: EditsLog
    private let view: PublishedView
    private let shards: [ShardThread]
    private let feed: EventFeed
    private let metrics: EngineMetrics
    private let onFatal: @Sendable (HFSError) -> Void
    private var hasFailed = false
    /// Told before and after a batch is answered.
    private let answers = Mutex<(any BurstObserver)?>(nil)

    init(
        log: EditsLog, view: PublishedView, shards: [ShardThread], feed: EventFeed, metrics: EngineMetrics,
        onFatal: @escaping @Sendable (HFSError) -> Void
    ) {
        self.log = log
        self.view = view
        self.shards = shards
        self.feed = feed
        self.metrics = metrics
        self.onFatal = onFatal
    }

    func observeAnswers(_ observer: any BurstObserver) { answers.withLock { $0 = observer } }

    func commit(_ batch: Batch) {
        var failure: HFSError?
        do throws(HFSError) {
            try log.write(batch)
        } catch {
            failure = error
        }
        if failure == nil, !batch.runs.isEmpty {
            metrics.batchOperations.observe(UInt64(batch.jobs.count))
            metrics.batchBytes.observe(UInt64(batch.bytes.count))
            view.publish(batch)
            for shard in shards { shard.submit(batch) }
            feed.published()
        }
        let observer = answers.withLock { $0 }
        observer?.burstBegins()
        for job in batch.jobs { job.finish(failure) }
        observer?.burstEnds()
        batch.jobs = []
        if let failure, !hasFailed {
            hasFailed = true
            onFatal(failure)
        }
    }

    func close() { log.close() }
}
