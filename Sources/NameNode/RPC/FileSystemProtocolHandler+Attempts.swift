import Core
import Transport
import WireProtocol

/// Attempts at trials: agents tell of them, drivers watch and stop them. Nothing of it is logged.
extension FileSystemProtocolHandler {
    static let attempts: [(String, Method)] = [
        ("renewAttempts", { handler, call throws(HFSError) in try handler.renewAttempts(call) }),
        ("watchAttempts", { handler, call throws(HFSError) in try handler.watchAttempts(call) }),
        ("stopAttempts", { handler, call throws(HFSError) in try handler.stopAttempts(call) }),
    ]

    private func renewAttempts(_ call: RPCCall) throws(HFSError) {
        let request = try call.request(Hfs_Filesystem_RenewAttemptsRequest.self)
        try Self.checkCount(request.attempts.count)
        let reports = request.attempts.map { AttemptReport($0) }
        withCaller(call) { [board] caller in
            do throws(HFSError) {
                var response = Hfs_Filesystem_RenewAttemptsResponse()
                response.orders = try board.renew(reports, by: caller).map(\.proto)
                call.reply(response)
            } catch {
                call.fail(error)
            }
        }
    }

    private func watchAttempts(_ call: RPCCall) throws(HFSError) {
        let request = try call.request(Hfs_Filesystem_WatchAttemptsRequest.self)
        try Self.checkCount(request.attempts.count)
        let leaseMs = Int64(request.leaseMs)
        guard (1...Limits.attemptLeaseMsMax).contains(leaseMs) else {
            throw HFSError(.invalidArgument, "An attempt's lease lies between 1 and \(Limits.attemptLeaseMsMax) ms")
        }
        let known = request.attempts.map { AttemptTable.Known(run: RunID($0.run), count: $0.count) }
        let deadlineMs = clock.monotonicMs + min(Int64(request.waitMs), Limits.feedWaitMsMax)
        asker(call, of: request.experiment) { [board] asker throws(HFSError) in
            try board.watch(known, by: asker, leaseMs: leaseMs, deadlineMs: deadlineMs) { news in
                var response = Hfs_Filesystem_WatchAttemptsResponse()
                response.news = news.map(\.proto)
                call.reply(response)
            }
        }
    }

    private func stopAttempts(_ call: RPCCall) throws(HFSError) {
        let request = try call.request(Hfs_Filesystem_StopAttemptsRequest.self)
        try Self.checkCount(request.runs.count)
        guard request.reason.utf8.count <= Limits.attemptReasonBytesMax else {
            throw HFSError(.invalidArgument, "A reason has at most \(Limits.attemptReasonBytesMax) bytes")
        }
        let runs = request.runs.map { RunID($0) }
        asker(call, of: request.experiment) { [board] asker in
            var response = Hfs_Filesystem_StopAttemptsResponse()
            response.runs = board.stop(runs, request.reason, by: asker).map(\.rawValue)
            call.reply(response)
        }
    }

    /// Who asks about the attempts of the experiment at `path`, which must be there and in reach.
    private func asker(
        _ call: RPCCall, of experiment: String,
        _ body: @escaping @Sendable (AttemptTable.Asker) throws(HFSError) -> Void
    ) {
        let path: FilePath
        do throws(HFSError) {
            path = try FilePath(experiment)
        } catch {
            return call.fail(error)
        }
        read(call, { GetFileInfo(caller: $0, path: path) }) { status, caller in
            do throws(HFSError) {
                guard let status, status.isDirectory else {
                    throw HFSError(.fileNotFound, "There is no experiment \(path)")
                }
                try body(
                    AttemptTable.Asker(
                        user: caller.user, isSuperuser: caller.isSuperuser,
                        experiment: status.owner == caller.user ? status.inode : nil))
            } catch {
                call.fail(error)
            }
        }
    }

    private static func checkCount(_ count: Int) throws(HFSError) {
        guard count <= Limits.attemptsPerCallMax else {
            throw HFSError(.invalidArgument, "\(count) attempts in one call: at most \(Limits.attemptsPerCallMax)")
        }
    }
}
