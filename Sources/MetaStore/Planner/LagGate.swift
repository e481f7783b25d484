internal import Core

/// How far the shards are behind the log. Holds the planner back when it is too far, before anything is logged.
///
/// `@unchecked Sendable`: mutable state is used only with `lock` held.
final class LagGate: @unchecked Sendable {
    private let lock = ConditionLock()
    private let lagMax: UInt64
    private var applied: [UInt64]
    private var full: [HFSError?]

    /// How long the planner waits for the shards before it refuses.
    private static let waitMs: Int64 = 2000

    init(applied: [UInt64], lagMax: Int) {
        self.applied = applied
        self.lagMax = UInt64(lagMax)
        full = [HFSError?](repeating: nil, count: applied.count)
    }

    func setApplied(_ shard: Int, _ lsn: UInt64) {
        lock.withLock {
            applied[shard] = max(applied[shard], lsn)
            full[shard] = nil
            lock.broadcast()
        }
    }

    /// A shard cannot write for now.
    func setFull(_ shard: Int, _ error: HFSError) {
        lock.withLock {
            full[shard] = error
            lock.broadcast()
        }
    }

    /// Throws when an operation with this LSN would leave the shards too far behind.
    func admit(_ lsn: UInt64) throws(HFSError) {
        try lock.withLock { () throws(HFSError) in
            var waits = true
            while let slowest = applied.min(), lsn > slowest + lagMax {
                if let error = full.lazy.compactMap({ $0 }).first { throw error }
                guard waits else { throw HFSError(.retriable, "the metadata shards are \(lsn - slowest) edits behind") }
                waits = lock.wait(milliseconds: Self.waitMs)
            }
        }
    }

    /// Waits until every shard has applied `lsn`; throws when one cannot.
    func waitUntilApplied(_ lsn: UInt64) throws(HFSError) {
        try lock.withLock { () throws(HFSError) in
            while let slowest = applied.min(), slowest < lsn {
                if let error = full.lazy.compactMap({ $0 }).first { throw error }
                lock.wait(milliseconds: Self.waitMs)
            }
        }
    }
}
