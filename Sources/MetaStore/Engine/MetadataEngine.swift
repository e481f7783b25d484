package import Core

/// Where the namespace is kept. Implementations: `ShardEngine` (edits log and SQLite shards) and `MemoryEngine` (the plain
/// reference that tests compare with).
package protocol MetadataEngine: AnyObject, Sendable {
    /// Plans `operation` and makes its mutation durable.
    ///
    /// `completion` runs once, on an engine thread and in LSN order, when the edits log is durable up to the newest LSN that
    /// the plan could see, also for a refused or empty operation; it must not block. With `retry`, a call that ran before is
    /// answered with its old reply and changes nothing, and a duplicate of a call in progress waits for it.
    /// Errors: what the operation refused with; `.noSpace` and `.io` when the log cannot take it, `.retriable` when a queue
    /// bound is reached; the last three changed nothing.
    func submit<O: Operation>(
        _ operation: O, retry: RetryKey?,
        completion: @escaping @Sendable (Result<Outcome<O.Reply>, HFSError>) -> Void)

    /// Runs `body` once, here and now, on one published LSN and what of it is in memory: a body that lacks rows comes back with
    /// `.needRows`, for `read`.
    func readNow(_ body: (any MetadataView) -> Void)

    /// Runs `body` on one published LSN. When all rows are in memory it runs at once on the calling thread and so does
    /// `completion`; else both run on a reader thread. `body` may run more than once.
    func read<R: Sendable>(
        _ body: @escaping @Sendable (any MetadataView) throws(PlanInterrupt) -> R,
        completion: @escaping @Sendable (Result<R, HFSError>) -> Void)

    /// The events of what was published.
    var feed: EventFeed { get }

    /// The newest LSN that readers see.
    var publishedLSN: LSN { get }

    /// Whether the engine does what it promises. From any thread; takes locks for moments.
    var health: EngineHealth { get }

    /// To be told of bursts of `submit`s, so that the engine's thread wakes once for all of them; nil: makes no difference.
    var submissions: (any BurstObserver)? { get }

    /// Has `observer` told of bursts of completions, on the thread that they run on.
    func observeAnswers(_ observer: any BurstObserver)

    /// Stops taking operations, makes everything durable in log and shards, closes the files. Blocks; not on an event loop.
    func close() throws(HFSError)
}

extension MetadataEngine {
    /// What `body` gives, or why it did not finish.
    package func readNow<R>(_ body: (any MetadataView) throws(PlanInterrupt) -> R) -> Result<R, PlanInterrupt> {
        var result: Result<R, PlanInterrupt>?
        readNow { view in
            do throws(PlanInterrupt) {
                result = .success(try body(view))
            } catch {
                result = .failure(error)
            }
        }
        guard let result else { preconditionFailure("the engine did not run the body") }
        return result
    }

    package var submissions: (any BurstObserver)? { nil }
    package func observeAnswers(_ observer: any BurstObserver) {}
}
