import Core
import Synchronization

/// The leases of all writers, in memory: renewals are not logged, and every lease starts anew with the namenode.
final class LeaseManager: Sendable {
    private struct State {
        var table = LeaseTable()
        var softExpired: Set<String> = []
        /// The files that are written in the name of runs.
        var filesOf: [RunID: Set<InodeID>] = [:]
        var runOf: [InodeID: RunID] = [:]

        mutating func forget(_ inode: InodeID) {
            guard let run = runOf.removeValue(forKey: inode) else { return }
            filesOf[run]?.remove(inode)
            if filesOf[run]?.isEmpty == true { filesOf[run] = nil }
        }
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

    /// - Parameter run: in whose name the holder writes.
    func open(_ inode: InodeID, holder: String, run: RunID? = nil) {
        let nowMs = clock.monotonicMs
        state.withLock { state in
            state.table.open(inode, holder: holder, nowMs: nowMs)
            state.softExpired.remove(holder)
            state.forget(inode)
            guard let run else { return }
            state.runOf[inode] = run
            state.filesOf[run, default: []].insert(inode)
        }
    }

    func close(_ inode: InodeID) {
        state.withLock { state in
            state.table.close(inode)
            state.forget(inode)
        }
    }

    /// The open files that are written in the run's name, in order.
    func openFiles(of run: RunID) -> [LeaseTable.Expired] {
        state.withLock { state in
            (state.filesOf[run] ?? []).sorted().compactMap { inode in
                state.table.holder(of: inode).map { LeaseTable.Expired(inode: inode, holder: $0) }
            }
        }
    }

    /// The runs in whose name files are open.
    var writingRuns: [RunID] { state.withLock { $0.filesOf.keys.sorted() } }

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
