import Core
import Logging
import Transport
import WireProtocol

/// What this client read of files whose bytes the namenode sent itself.
extension NamenodeClient {
    /// How long the log is waited for: nobody wants to wait for long who only wants to end.
    private static let settlingMs: Int64 = 5_000

    /// The namenode sent bytes under this token; `breaks` is from before the call. Reading goes on while what was read is logged.
    func sent(_ token: BlockAccessToken, since breaks: UInt64) {
        guard reads.add(token, since: breaks) else { return }
        settling.run { [weak self] in await self?.settle(failoversMax: 0) }
    }

    /// Has the namenode log what was read, some seconds at most. A failure leaves it to the namenode, which does so by itself
    /// within a second or so.
    func settleReads() async {
        await settling.end()
        await settle(failoversMax: nil)
    }

    private func settle(failoversMax: Int?) async {
        guard let end = reads.beginSettling() else { return }
        var request = Hfs_Filesystem_TellReadsRequest()
        request.durably = true
        do throws(HFSError) {
            let _: Hfs_Filesystem_TellReadsResponse = try await callOwn(
                "tellReads", request, failoversMax: failoversMax, deadlineMs: Self.settlingMs)
            reads.endSettling(end)
        } catch {
            reads.endSettling(nil)
            logger.debug("reads_not_settled", metadata: ["error": "\(error)"])
        }
    }

    /// Tells a namenode that may have started since what was read before; calls of others wait. Errors: those of a broken
    /// connection; a namenode that refuses is told nothing.
    ///
    /// - Returns: the connection to the namenode that knows all, for the call that comes behind; nil when any will do.
    func tellAgain(over client: RPCClient, deadlineMs: Int64) async throws(HFSError) -> UInt64? {
        guard reads.areAny else { return nil }
        let established = client.established
        guard reads.untold(isConnected: established != nil) != nil else { return established }
        return try await tellingTurns.run { () async throws(HFSError) -> UInt64 in
            let established = client.established
            let connection = try client.connect()
            guard let untold = reads.untold(isConnected: connection == established) else { return connection }
            var request = Hfs_Filesystem_TellReadsRequest()
            request.tokens = untold.tokens.map(\.shownProto)
            do throws(HFSError) {
                let _: Hfs_Filesystem_TellReadsResponse = try await client.call(
                    "tellReads", request, deadlineMs: deadlineMs, of: Self.ownProtocolName, over: connection)
            } catch {
                guard error.code == .noSuchMethod || error.code == .noSuchProtocol || error.code == .invalidArgument
                else { throw error }
            }
            reads.told(untold)
            return connection
        }
    }
}
