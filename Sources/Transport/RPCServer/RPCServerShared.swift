import Core
import Logging
import NIOCore
import Synchronization

/// What all connections of one server share. Thread-safe.
final class RPCServerShared: Sendable {
    /// The server's figures, for `/metrics`.
    struct Figures: Sendable {
        let microseconds: MetricHistogram
        let errors: MetricCounter
        let receivedBytes: MetricCounter
        let sentBytes: MetricCounter
        let refused: MetricCounter
    }

    private struct Connections {
        var channels: [RPCConnectionID: any Channel] = [:]
        var isStopping = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    let methods: RPCMethodTable
    let configuration: RPCServerConfiguration
    let authenticator: (any RPCAuthenticator)?
    let logger: Logger
    let figures: Figures
    /// Told of bursts of calls.
    let calls: (any BurstObserver)?
    let wakes = RPCWakes()
    private let connections = Mutex(Connections())

    /// Ids are unique over all servers of the process, so that services shared by two servers can tell connections apart.
    private static let lastID = Atomic<UInt64>(0)

    init(
        services: [any RPCService], configuration: RPCServerConfiguration, authenticator: (any RPCAuthenticator)?,
        logger: Logger, metrics: MetricsRegistry, label: String, calls: (any BurstObserver)?
    ) {
        self.calls = calls
        methods = RPCMethodTable(services, metrics: metrics)
        self.configuration = configuration
        self.authenticator = authenticator
        self.logger = logger
        let labels = [("server", label)]
        figures = Figures(
            microseconds: metrics.histogram(
                "hfs_rpc_call_microseconds", help: "From reading a call to giving its answer", labels: labels),
            errors: metrics.counter("hfs_rpc_errors_total", help: "Calls answered with an error", labels: labels),
            receivedBytes: metrics.counter("hfs_rpc_received_bytes", help: "Bytes received", labels: labels),
            sentBytes: metrics.counter("hfs_rpc_sent_bytes", help: "Bytes sent", labels: labels),
            refused: metrics.counter(
                "hfs_rpc_refused_connections_total", help: "Connections refused above the bound", labels: labels))
    }

    var connectionCount: Int { connections.withLock { $0.channels.count } }

    /// Counts a new connection in; nil when there are too many or the server is stopping: close it.
    func add(_ channel: any Channel) -> RPCConnectionID? {
        let id = RPCConnectionID(Self.lastID.wrappingAdd(1, ordering: .relaxed).newValue)
        let count = connections.withLock { connections -> Int? in
            guard !connections.isStopping, connections.channels.count < configuration.connectionsMax else {
                return connections.channels.count
            }
            connections.channels[id] = channel
            return nil
        }
        guard let count else { return id }
        figures.refused.add()
        logger.warning("rpc.connection.refused", metadata: ["open": "\(count)"])
        return nil
    }

    func remove(_ id: RPCConnectionID) {
        let waiters = connections.withLock { connections -> [CheckedContinuation<Void, Never>] in
            connections.channels[id] = nil
            guard connections.channels.isEmpty else { return [] }
            defer { connections.waiters = [] }
            return connections.waiters
        }
        waiters.forEach { $0.resume() }
    }

    /// Lets no connection in any more; gives those that are there.
    func stopAccepting() -> [any Channel] {
        connections.withLock { connections in
            connections.isStopping = true
            return connections.channels.sorted { $0.key.rawValue < $1.key.rawValue }.map(\.value)
        }
    }

    /// Returns when no connection is left.
    func waitUntilEmpty() async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let isEmpty = connections.withLock { connections -> Bool in
                if connections.channels.isEmpty { return true }
                connections.waiters.append(continuation)
                return false
            }
            if isEmpty { continuation.resume() }
        }
    }
}
