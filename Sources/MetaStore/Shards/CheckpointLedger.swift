internal import Core

/// Up to which LSN each shard's file is synced; what lies below all of them the log need not keep.
///
/// `@unchecked Sendable`: mutable state is used only with `lock` held.
final class CheckpointLedger: @unchecked Sendable {
    private let lock = ConditionLock()
    private var synced: [UInt64]
    private let keeper: SegmentKeeper

    init(synced: [UInt64], keeper: SegmentKeeper) {
        self.synced = synced
        self.keeper = keeper
    }

    func setSynced(_ shard: Int, _ lsn: UInt64) {
        let slowest = lock.withLock {
            synced[shard] = max(synced[shard], lsn)
            return synced.min() ?? 0
        }
        keeper.setSynced(slowest)
    }
}
