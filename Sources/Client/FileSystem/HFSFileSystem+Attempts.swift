public import Core
import NIOCore
import Transport
import WireProtocol

/// Attempts at trials: agents tell of those that run, drivers watch and stop them. The namenode keeps it in memory alone.
extension HFSFileSystem {
    /// How long one such call waits for a namenode: it is made again soon, with what is new by then.
    private static let attemptPatienceMs: Int64 = 5_000

    /// Tells of attempts whose runs are this user's, and gives what the namenode has to say about them.
    ///
    /// One try at each namenode: whoever calls this each second tells all with the next call. Errors: `.accessDenied` for another's
    /// run, `.invalidToken`; connection errors while no namenode answers.
    public func renewAttempts(_ reports: [AttemptReport]) async throws(HFSError) -> [AttemptOrder] {
        var request = Hfs_Filesystem_RenewAttemptsRequest()
        request.attempts = reports.map(\.proto)
        let answer: Hfs_Filesystem_RenewAttemptsResponse = try await namenode.callOwn(
            "renewAttempts", request, patienceMs: Self.attemptPatienceMs)
        return answer.orders.map { AttemptOrder($0) }
    }

    /// News of an experiment's attempts: of the caller's own runs, and of all that say that they are of this experiment where its
    /// directory is the caller's. Answers at once where there is any, and after `waitMs` at the latest.
    ///
    /// - Parameters:
    ///   - known: how many values the caller has of each.
    ///   - leaseMs: how long an attempt may be silent, by the namenode's clock; at least that long after the namenode's start.
    public func watchAttempts(
        of experiment: String, known: [RunID: UInt64], leaseMs: UInt32, waitMs: UInt32 = 0
    ) async throws(HFSError) -> [AttemptNews] {
        var request = Hfs_Filesystem_WatchAttemptsRequest()
        request.experiment = experiment
        request.attempts = known.sorted { $0.key < $1.key }.map { run, count in
            var known = Hfs_Filesystem_KnownAttempt()
            known.run = run.rawValue
            known.count = count
            return known
        }
        request.leaseMs = leaseMs
        request.waitMs = waitMs
        let answer: Hfs_Filesystem_WatchAttemptsResponse = try await namenode.callOwn(
            "watchAttempts", request, extraMs: Int64(waitMs), patienceMs: Self.attemptPatienceMs)
        return answer.news.map { AttemptNews($0) }
    }

    /// Has attempts told to stop, with their agents' next word. The runs for which that holds: of the others the namenode has not
    /// heard yet, or they have ended, or are not the caller's to stop.
    public func stopAttempts(
        of experiment: String, _ runs: [RunID], reason: String
    ) async throws(HFSError) -> Set<RunID> {
        var request = Hfs_Filesystem_StopAttemptsRequest()
        request.experiment = experiment
        request.runs = runs.map(\.rawValue)
        request.reason = reason
        let answer: Hfs_Filesystem_StopAttemptsResponse = try await namenode.callOwn("stopAttempts", request)
        return Set(answer.runs.map { RunID($0) })
    }

    /// A pause in a task, on the client's event loop; `.cancelled` when the task is.
    package func pause(ms: Int64) async throws(HFSError) {
        try await EventLoopDelay.wait(ms: ms, on: group.next())
    }
}
