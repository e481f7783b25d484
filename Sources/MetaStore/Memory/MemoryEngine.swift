package import Core
internal import DequeModule

/// The reference implementation of `MetadataEngine`: sorted maps behind one lock, nothing durable. For tests, and to compare
/// other engines with.
///
/// `@unchecked Sendable`: every mutable property is used only with `lock` held, `thread` only by `init` and `close`.
package final class MemoryEngine: MetadataEngine, @unchecked Sendable {
    private typealias Job = () -> (() -> Void)

    private let clock: any HFSClock
    private let lock = ConditionLock()
    private let tables = MemoryTables()
    private var retries: RetryCache
    private var ids = IDRange.initial
    private var published = LSN.zero
    private var jobs = Deque<Job>()
    private var isClosed = false
    private var thread: DedicatedThread?
    private let records = MemoryFeedSource()
    package let feed: EventFeed

    /// Starts with an empty namespace and the ids of `IDRange.initial`.
    package init(clock: any HFSClock) throws(HFSError) {
        self.clock = clock
        retries = RetryCache()
        feed = EventFeed(source: records, clock: clock)
        thread = try DedicatedThread(name: "memory-engine") { [weak self] in
            while let completion = self?.nextCompletion() { completion() }
        }
        try feed.start()
    }

    package var publishedLSN: LSN { lock.withLock { published } }
    package var health: EngineHealth { EngineHealth() }

    package func submit<O: Operation>(
        _ operation: O, retry: RetryKey?,
        completion: @escaping @Sendable (Result<Outcome<O.Reply>, HFSError>) -> Void
    ) {
        let accepted = lock.withLock {
            guard !isClosed else { return false }
            jobs.append { [self] in
                let result = run(operation, retry)
                return { completion(result) }
            }
            lock.signal()
            return true
        }
        if !accepted { completion(.failure(Self.closedError)) }
    }

    package func readNow(_ body: (any MetadataView) -> Void) { lock.withLock { body(tables) } }

    package func read<R: Sendable>(
        _ body: @escaping @Sendable (any MetadataView) throws(PlanInterrupt) -> R,
        completion: @escaping @Sendable (Result<R, HFSError>) -> Void
    ) {
        let result: Result<R, HFSError> = lock.withLock {
            guard !isClosed else { return .failure(Self.closedError) }
            do throws(PlanInterrupt) {
                return .success(try body(tables))
            } catch {
                return .failure(Self.refusal(error))
            }
        }
        completion(result)
    }

    /// Finishes what was submitted, then refuses everything.
    package func close() throws(HFSError) {
        let joined: DedicatedThread? = lock.withLock {
            isClosed = true
            lock.broadcast()
            defer { thread = nil }
            return thread
        }
        joined?.join()
        if joined != nil { feed.close() }
    }

    /// Takes later ids from here, as another engine does after its restart.
    package func skipIDs(to ids: IDRange) { lock.withLock { self.ids = ids } }

    /// Every row in the order of table, id, sub, and every counter, for comparison.
    package func dump() -> (rows: [(key: RowKey, image: [UInt8])], counters: [(directory: UInt64, counter: Counter)]) {
        lock.withLock { (tables.allRows(), tables.allCounters()) }
    }

    /// Runs the next job; nil at the end.
    private func nextCompletion() -> (() -> Void)? {
        lock.withLock {
            while jobs.isEmpty, !isClosed { lock.wait() }
            return jobs.popFirst()?()
        }
    }

    private func run<O: Operation>(_ operation: O, _ retry: RetryKey?) -> Result<Outcome<O.Reply>, HFSError> {
        do throws(PlanInterrupt) {
            let nowMs = clock.nowMs
            let client = try Self.client(of: retry)
            if let retry, let client, let answer = retries.answer(client, retry.callID, nowMs: nowMs) {
                return .success(.replayed(answer))
            }
            var inputs = PlanInputs(nowMs: nowMs, ids: ids)
            let planned = try operation.plan(tables, &inputs)
            do throws(HFSError) {
                try planned.mutation.validate(inputs.ids)
                try tables.apply(planned.mutation)
            } catch {
                throw PlanInterrupt.refused(error)
            }
            ids = inputs.ids
            guard !planned.mutation.isEmpty else { return .success(.done(planned.reply)) }
            published = published.next
            records.append(planned.mutation, origin: operation.origin, timeMs: nowMs)
            feed.published()
            operation.logged()
            if let retry, let client {
                retries.insert(client, retry.callID, planned.reply.wireBytes(), atMs: nowMs)
            }
            return .success(.done(planned.reply))
        } catch {
            return .failure(Self.refusal(error))
        }
    }

    private static func client(of retry: RetryKey?) throws(PlanInterrupt) -> ClientKey? {
        guard let retry else { return nil }
        do throws(HFSError) {
            return try ClientKey(retry.clientID)
        } catch {
            throw .refused(error)
        }
    }

    private static func refusal(_ interrupt: PlanInterrupt) -> HFSError {
        switch interrupt {
        case .refused(let error): error
        case .needRows(let rows): HFSError(.io, "a body asked for \(rows.count) rows that are all in memory")
        }
    }

    private static var closedError: HFSError { HFSError(.retriable, "the metadata engine is closed") }
}
