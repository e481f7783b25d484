internal import Core

/// Makes batches durable, publishes them, answers, and passes them on to the shards: one batch after another.
///
/// `@unchecked Sendable`: the inbox is used only with `lock` held; `log` by its thread alone.
final class LogThread: @unchecked Sendable {
    private let log: EditsLog
    private let view: PublishedView
    private let shards: [ShardThread]
    private let metrics: EngineMetrics
    private let onFatal: @Sendable (HFSError) -> Void
    private let lock = ConditionLock()
    private var inbox: Batch?
    private var isClosed = false
    private var thread: DedicatedThread?
    weak var planner: Planner?

    init(
        log: EditsLog, view: PublishedView, shards: [ShardThread], metrics: EngineMetrics,
        onFatal: @escaping @Sendable (HFSError) -> Void
    ) {
        self.log = log
        self.view = view
        self.shards = shards
        self.metrics = metrics
        self.onFatal = onFatal
    }

    func start() throws(HFSError) {
        thread = try DedicatedThread(name: "edits-log") { [self] in
            while let batch = next() { commit(batch) }
            log.close()
        }
    }

    /// Takes the next batch; the one before has been taken out.
    func submit(_ batch: Batch) {
        lock.withLock {
            inbox = batch
            lock.signal()
        }
    }

    /// Ends the thread after what was submitted.
    func close() {
        lock.withLock {
            isClosed = true
            lock.signal()
        }
        thread?.join()
        thread = nil
    }

    private func next() -> Batch? {
        lock.withLock {
            while inbox == nil, !isClosed { lock.wait() }
            defer { inbox = nil }
            return inbox
        }
    }

    private func commit(_ batch: Batch) {
        do throws(HFSError) {
            try log.write(batch)
        } catch {
            let isFirst = failure == nil
            failure = error
            for job in batch.jobs { job.finish(error) }
            if isFirst { onFatal(error) }
            planner?.logBecameIdle()
            return
        }
        let jobs = batch.jobs
        batch.jobs = []
        if !batch.runs.isEmpty {
            metrics.batchOperations.observe(UInt64(jobs.count))
            metrics.batchBytes.observe(UInt64(batch.bytes.count))
            view.publish(batch)
            for shard in shards { shard.submit(batch) }
        }
        // The planner may hand over the next batch now: this one is published.
        planner?.logBecameIdle()
        for job in jobs { job.finish(nil) }
    }

    private var failure: HFSError?
}
