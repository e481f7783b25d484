import Core
import Synchronization

/// The leases of all writers, in memory: renewals are not logged, and every lease starts anew with the namenode.
final class LeaseManager: Sendable {
    private struct State {
        var table = LeaseTable()
        var softExpired: Set<String> = []
    }

    private let clock: any HFSClock
    private let softLimitMs: Int64
    private let hardLimitMs: Int64
    private let state = Mutex(State())

    init(
        clock: any HFSClock, softLimitMs: Int64 = Limits.leaseSoftLimitMs, hardLimitMs: Int64 = Limits.leaseHardLimitMs
    ) {
        self.clock = clock
        self.softLimitMs = softLimitMs
        self.hardLimitMs = hardLimitMs
    }

    var openFileCount: Int { state.withLock { $0.table.fileCount } }

    func open(_ inode: InodeID, holder: String) {
        let nowMs = clock.monotonicMs
        state.withLock {
            $0.table.open(inode, holder: holder, nowMs: nowMs)
            $0.softExpired.remove(holder)
        }
    }

    func close(_ inode: InodeID) { state.withLock { $0.table.close(inode) } }

    /// A client without open files is none of our business.
    func renew(_ holder: String) {
        let nowMs = clock.monotonicMs
        state.withLock {
            $0.table.renew(holder, nowMs: nowMs)
            $0.softExpired.remove(holder)
        }
    }

    func openFiles(of holder: String) -> Int { state.withLock { $0.table.openFiles(of: holder) } }

    /// Holders past their soft limit as of the last `tick`: another writer may take their files.
    var softExpired: Set<String> { state.withLock { $0.softExpired } }

    /// Looks at the clock: the files of holders past their hard limit, which the caller recovers. The namenode's own
    /// recoveries come back here when they take that long, to be begun again.
    func tick() -> [LeaseTable.Expired] {
        let nowMs = clock.monotonicMs
        return state.withLock { state in
            let expired = state.table.takeExpired(nowMs: nowMs, limitMs: hardLimitMs)
            state.softExpired = state.table.expiredHolders(nowMs: nowMs, limitMs: softLimitMs)
            state.softExpired.subtract(expired.map(\.holder))
            return expired
        }
    }
}
