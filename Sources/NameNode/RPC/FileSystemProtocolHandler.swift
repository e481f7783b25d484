import Core
import Logging
import MetaStore
package import Transport
import WireProtocol

/// hfs's own protocol beside HDFS's: events, runs, attribute queries, publishing, services (hfs_filesystem.proto).
///
/// Runs on event loops and never blocks; replies to mutations leave on engine threads.
package final class FileSystemProtocolHandler: NamespaceService {
    typealias Method = @Sendable (FileSystemProtocolHandler, RPCCall) throws(HFSError) -> Void

    package let protocolName = "hfs.FileSystemProtocol"
    package let methodNames: [String]

    let writer: NamespaceWriter
    let groups: GroupMapping
    let rules: NamespaceRules
    let clock: any HFSClock
    let logger: Logger
    let directory = ServiceDirectory()
    let inlineBudget = InlineBudget()
    /// Where queries go on that take more than one read; a thread without work ends by itself.
    let queryThreads = ThreadPool(name: "find", threadsMax: 2, queueMax: Limits.longQueriesMax)
    let queryPlaces = QueryPlaces()
    private let methods: [Method]

    init(
        writer: NamespaceWriter, groups: GroupMapping, rules: NamespaceRules, clock: any HFSClock, logger: Logger
    ) {
        self.writer = writer
        self.groups = groups
        self.rules = rules
        self.clock = clock
        self.logger = logger
        let table =
            Self.services + Self.runs + Self.attributes + Self.queries + Self.publishing + Self.events + Self.inline
        methodNames = table.map(\.0)
        methods = table.map(\.1)
    }

    package func handle(_ call: RPCCall) {
        guard methods.indices.contains(call.methodIndex) else {
            return call.fail(
                HFSError(.noSuchMethod, "Unknown method \(call.method) called on \(protocolName) protocol."))
        }
        do throws(HFSError) {
            try methods[call.methodIndex](self, call)
        } catch {
            call.fail(error)
        }
    }

    package func connectionClosed(_ connection: RPCConnectionID) {
        directory.connectionClosed(connection)
        engine.feed.drop(owner: connection.rawValue)
    }
}
