public import Client
public import Core
public import Lineage
import Logging
import NIOPosix
import Transport
import WireProtocol

/// Asks a cluster's provenance service.
public enum ProvenanceClient {
    static let serviceName = "provenance"
    static let protocolName = "hfs.ProvenanceProtocol"
    /// Longest wait for an answer, milliseconds: the service first takes what has happened so far.
    public static let deadlineMs: Int64 = 60_000
    /// The same for what is shown beside an answer, and left out where it is not known.
    public static let asideDeadlineMs: Int64 = 10_000
    private static let locatingMax = 15
    private static let locatingPauseMs: Int64 = 200

    /// The answer as of now: all that had happened in the cluster when it was asked.
    ///
    /// Errors: `.connectionFailed` when no service runs, `.timedOut` when it is too far behind, `.fileNotFound` for a path or run
    /// of which nothing is known.
    public static func ask(
        _ query: LineageQuery, of fileSystem: HFSFileSystem, deadlineMs: Int64 = deadlineMs
    ) async throws(HFSError) -> LineageAnswer {
        let address = try await address(fileSystem)
        guard let colon = address.lastIndex(of: ":"), let port = UInt16(address[address.index(after: colon)...]) else {
            throw HFSError(.io, "The provenance service's address is damaged", subject: address)
        }
        var logger = Logger(label: "hfs.provenance")
        logger.logLevel = .error
        let client = RPCClient(
            host: String(address[..<colon]), port: port, user: fileSystem.user, protocolName: protocolName,
            group: MultiThreadedEventLoopGroup.singleton, logger: logger)
        do throws(HFSError) {
            let response: Hfs_Provenance_QueryResponse = try await client.call(
                "query", query.proto, deadlineMs: deadlineMs)
            await client.close()
            return LineageAnswer(response)
        } catch {
            await client.close()
            throw error
        }
    }

    /// Asks some times: a namenode that was just started is told within a second or two.
    private static func address(_ fileSystem: HFSFileSystem) async throws(HFSError) -> String {
        for _ in 0..<locatingMax {
            if let address = try await fileSystem.locateService(serviceName) { return address }
            try await EventLoopDelay.wait(ms: locatingPauseMs, on: MultiThreadedEventLoopGroup.singleton.next())
        }
        throw HFSError(
            .connectionFailed, "No provenance service is registered with the namenode: is 'hfs tailer' running?")
    }
}
