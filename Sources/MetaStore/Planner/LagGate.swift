internal import Core

/// How far the shards are behind the log. Holds the planner back when it is too far, before anything is logged.
///
/// `@unchecked Sendable`: mutable state is used only with `lock` held.
final class LagGate: @unchecked Sendable {
    private let lock = ConditionLock()
    private let lagMax: UInt64
    private let lagBytesMax: UInt64
    /// Bytes of the log since the start: in all, up to what every shard has applied, and up to each batch between.
    private var loggedBytes: UInt64 = 0
    private var appliedBytes: UInt64 = 0
    private var marks: [(lsn: UInt64, bytes: UInt64)] = []
    private var applied: [UInt64]
    private var full: [HFSError?]
    /// The planner waited in vain, and no shard has come further since.
    private var isStuck = false
    /// The engine has failed: nothing will be applied any more.
    private var failure: HFSError?

    /// How long the planner waits for the shards before it refuses.
    private static let waitMs: Int64 = 2000

    /// - Parameters:
    ///   - lagMax: edits.
    ///   - lagBytesMax: bytes of their records, which are in memory until the shards have them.
    init(applied: [UInt64], lagMax: Int, lagBytesMax: Int) {
        self.applied = applied
        self.lagMax = UInt64(lagMax)
        self.lagBytesMax = UInt64(lagBytesMax)
        full = [HFSError?](repeating: nil, count: applied.count)
    }

    func setApplied(_ shard: Int, _ lsn: UInt64) {
        lock.withLock {
            applied[shard] = max(applied[shard], lsn)
            full[shard] = nil
            isStuck = false
            let slowest = applied.min() ?? 0
            let count = marks.prefix { $0.lsn <= slowest }.count
            if count > 0 {
                appliedBytes = marks[count - 1].bytes
                marks.removeFirst(count)
            }
            lock.broadcast()
        }
    }

    /// A batch up to `lsn` goes to the log.
    func handedOver(_ lsn: UInt64, bytes: Int) {
        guard bytes > 0 else { return }
        lock.withLock {
            loggedBytes += UInt64(bytes)
            marks.append((lsn, loggedBytes))
        }
    }

    /// A shard cannot write for now.
    func setFull(_ shard: Int, _ error: HFSError) {
        lock.withLock {
            full[shard] = error
            lock.broadcast()
        }
    }

    /// The log or a shard failed for good: nobody waits any more.
    func fail(_ error: HFSError) {
        lock.withLock {
            if failure == nil {
                failure = HFSError(.io, "the metadata engine failed", cause: error.description)
            }
            lock.broadcast()
        }
    }

    /// Published edits that a shard's file lacks.
    func lag(of shard: Int, behind published: UInt64) -> UInt64 {
        lock.withLock { published > applied[shard] ? published - applied[shard] : 0 }
    }

    /// How things stand with `published` as the newest LSN.
    func health(published: UInt64) -> EngineHealth {
        lock.withLock {
            var health = EngineHealth()
            health.failure = failure
            let slowest = min(applied.min() ?? published, published)
            health.lagEdits = published - slowest
            health.isLagGateClosed = published + 1 > slowest + lagMax || loggedBytes - appliedBytes > lagBytesMax
            for (shard, error) in full.enumerated() {
                if let error { health.problems.append("shard \(shard): \(error)") }
            }
            return health
        }
    }

    /// Throws when an operation with this LSN would leave the shards too far behind. Waits for them once, after
    /// `beforeWaiting`; when they come no further in that time it refuses at once until they do.
    func admit(_ lsn: UInt64, beforeWaiting: () -> Void) throws(HFSError) {
        if try isWithin(lsn) { return }
        beforeWaiting()
        try lock.withLock { () throws(HFSError) in
            while try !lockedIsWithin(lsn) { isStuck = !lock.wait(milliseconds: Self.waitMs) }
        }
    }

    private func isWithin(_ lsn: UInt64) throws(HFSError) -> Bool {
        try lock.withLock { () throws(HFSError) in try lockedIsWithin(lsn) }
    }

    /// False when the shards are too far behind and may be waited for; throws when they may not.
    private func lockedIsWithin(_ lsn: UInt64) throws(HFSError) -> Bool {
        if let failure { throw failure }
        guard let slowest = applied.min(), lsn > slowest + lagMax || loggedBytes - appliedBytes > lagBytesMax else {
            return true
        }
        if let error = full.lazy.compactMap({ $0 }).first { throw error }
        guard !isStuck else {
            throw HFSError(
                .retriable,
                "the metadata shards are \(lsn - slowest) edits, \(loggedBytes - appliedBytes) bytes, behind")
        }
        return false
    }

    /// Waits until every shard has applied `lsn`; throws when one cannot.
    func waitUntilApplied(_ lsn: UInt64) throws(HFSError) {
        try lock.withLock { () throws(HFSError) in
            while let slowest = applied.min(), slowest < lsn {
                if let failure { throw failure }
                if let error = full.lazy.compactMap({ $0 }).first { throw error }
                lock.wait(milliseconds: Self.waitMs)
            }
        }
    }
}
