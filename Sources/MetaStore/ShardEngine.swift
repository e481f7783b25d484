package import Core

/// The metadata engine of a namenode: an edits log that is the only commit point, an in-memory view, and SQLite shards that
/// follow behind (docs/ARCHITECTURE.md, "Metadata").
///
/// The way of an operation: `submit` -> `Planner` (queue) -> `PlanRun` (plan, number, encode) -> `BatchCommitter`
/// (`EditsLog`, `PublishedView.publish`, answers) -> `ShardThread`.
package final class ShardEngine: MetadataEngine {
    package let identity: NamespaceIdentity
    /// The first ids that were handed out after the start.
    package let recoveredIDs: IDRange
    private let parts: EngineParts

    init(_ parts: EngineParts, recoveredIDs: IDRange) {
        self.recoveredIDs = recoveredIDs
        self.parts = parts
        identity = parts.identity
    }

    package var publishedLSN: LSN { LSN(parts.view.publishedLSN) }
    package var feed: EventFeed { parts.feed }
    package var health: EngineHealth { parts.health }
    package var submissions: (any BurstObserver)? { parts.planner }
    package func observeAnswers(_ observer: any BurstObserver) { parts.committer.observeAnswers(observer) }
    /// Estimated bytes of rows in memory.
    package var memoryBytes: Int { parts.view.memoryBytes }

    package func submit<O: Operation>(
        _ operation: O, retry: RetryKey?,
        completion: @escaping @Sendable (Result<Outcome<O.Reply>, HFSError>) -> Void
    ) {
        let job = OperationJob(operation, retry: retry, completion: completion)
        if let error = parts.planner.submit(job) { job.finish(error) }
    }

    package func readNow(_ body: (any MetadataView) -> Void) {
        parts.view.lock.lock()
        body(parts.readView)
        parts.view.lock.unlock()
    }

    package func read<R: Sendable>(
        _ body: @escaping @Sendable (any MetadataView) throws(PlanInterrupt) -> R,
        completion: @escaping @Sendable (Result<R, HFSError>) -> Void
    ) {
        // Nearly all reads end here, without a task of their own.
        switch readNow(body) {
        case .success(let value): completion(.success(value))
        case .failure(.refused(let error)): completion(.failure(error))
        case .failure(.needRows(let rows)):
            parts.metrics.coldReads.add()
            let task = ReadTask(parts.view, body, completion: completion)
            guard task.want(rows), parts.readers.submit(task) else {
                return task.fail(HFSError(.retriable, "too many reads of cold metadata are waiting"))
            }
        }
    }

    /// Waits until the shards hold everything that is published. Blocks.
    package func waitForShards() throws(HFSError) { try parts.gate.waitUntilApplied(parts.view.publishedLSN) }

    /// Blocks until the log has let go of the record `lsn`; false when it takes longer than `timeoutMs`.
    package func awaitRemoval(of lsn: LSN, timeoutMs: Int64) -> Bool {
        parts.keeper.awaitRemoval(of: lsn.rawValue, timeoutMs: timeoutMs)
    }

    package func close() throws(HFSError) { try parts.close() }
}
