import Core
import Logging
import MetaStore
package import Transport
import WireProtocol

/// hfs's own protocol beside HDFS's: events, runs, attribute queries, publishing, services (hfs_filesystem.proto).
///
/// Runs on event loops and never blocks; replies to mutations leave on engine threads.
package final class FileSystemProtocolHandler: NamespaceService {
    typealias Method = MethodTable<FileSystemProtocolHandler>.Method

    package let protocolName = "hfs.FileSystemProtocol"
    package var methodNames: [String] { methods.names }

    let writer: NamespaceWriter
    let groups: GroupMapping
    let rules: NamespaceRules
    let clock: any HFSClock
    let logger: Logger
    let directory = ServiceDirectory()
    let board: AttemptBoard
    let inlineBudget = InlineBudget()
    /// Where queries go on that take more than one read; a thread without work ends by itself.
    let queryThreads = ThreadPool(name: "find", threadsMax: 2, queueMax: Limits.longQueriesMax)
    let queryPlaces = QueryPlaces()
    private let methods: MethodTable<FileSystemProtocolHandler>

    init(
        writer: NamespaceWriter, board: AttemptBoard, groups: GroupMapping, rules: NamespaceRules,
        clock: any HFSClock, logger: Logger
    ) {
        self.writer = writer
        self.board = board
        self.groups = groups
        self.rules = rules
        self.clock = clock
        self.logger = logger
        methods = MethodTable(
            Self.services + Self.runs + Self.attributes + Self.queries + Self.publishing + Self.events + Self.inline
                + Self.reads + Self.attempts)
    }

    package func handle(_ call: RPCCall) { methods.run(call, by: self) }

    package func connectionClosed(_ connection: RPCConnectionID) {
        directory.connectionClosed(connection)
        engine.feed.drop(owner: connection.rawValue)
    }
}
