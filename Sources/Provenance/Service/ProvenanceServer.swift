import Client
import Core
import FoundationEssentials
package import Logging
import ServiceLifecycle
import Synchronization
import Transport

/// The provenance service: the tailer, and the answers to questions. Serves until a graceful shutdown.
package final class ProvenanceServer: Service {
    /// The durable cursor that holds the log for the graph.
    private static let cursor = "provenance"

    private let configuration: ProvenanceConfiguration
    private let logger: Logger
    private let metrics = MetricsRegistry()
    private let onReady: @Sendable (UInt16) -> Void

    /// - Parameter onReady: told the bound port once questions are answered.
    package init(
        _ configuration: ProvenanceConfiguration, logger: Logger,
        onReady: @escaping @Sendable (UInt16) -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.logger = logger
        self.onReady = onReady
    }

    package func run() async throws {
        let figures = TailerFigures(metrics)
        let admin = AdminHTTPServer(host: configuration.httpHost, port: configuration.httpPort, logger: logger)
        admin.routeMetrics(metrics)
        admin.route("/health") { _ in
            let problem = figures.problem
            return .health(problem.map { "unhealthy\n\($0)\n" } ?? "ok\n", isHealthy: problem == nil)
        }
        // First of all: whoever waits for the graph to be opened can see that.
        _ = try await admin.start()
        do {
            try await connect(figures)
        } catch {
            await admin.stop()
            throw error
        }
        await admin.stop()
    }

    private func connect(_ figures: TailerFigures) async throws {
        let uri = "hdfs://\(configuration.namenodeHost):\(configuration.namenodePort)"
        let fileSystem = try await HFSFileSystem.connect(uri, user: configuration.user)
        do {
            try await serve(fileSystem, figures)
        } catch {
            await fileSystem.close()
            throw error
        }
        await fileSystem.close()
    }

    private func serve(_ fileSystem: HFSFileSystem, _ figures: TailerFigures) async throws {
        let policy = SnapshotPolicy(configuration)
        let snapshots = StoredSnapshots(fileSystem: fileSystem, directory: policy.directory)
        let feed = NamenodeFeed(fileSystem: fileSystem, cursor: Self.cursor)
        let store = try await GraphOpener(
            path: "\(configuration.directory)/graph.db", feed: feed, snapshots: snapshots, logger: logger
        ).open()
        let tailer = Tailer(
            store: store, feed: feed, snapshots: snapshots, policy: policy, figures: figures, logger: logger)
        let visibility = GraphVisibility(fileSystem: fileSystem, store: store)
        let handler = ProvenanceHandler { query, user throws(HFSError) in
            _ = try await tailer.catchUp()
            let next = tailer.progress.next
            return (try await visibility.answer(query, for: user), next)
        }
        let rpc = RPCServer(
            host: configuration.host, port: configuration.port, services: [handler], logger: logger,
            metrics: metrics, label: "provenance")
        let port = try await rpc.start()
        let address = "\(configuration.host):\(port)"
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await tailer.run() }
            group.addTask {
                await Registration(fileSystem, address: address, logger: self.logger).keep {
                    self.onReady(port)
                    self.logger.notice("provenance-ready", metadata: ["address": "\(address)"])
                }
            }
            await Self.untilShutdown()
            group.cancelAll()
        }
        await rpc.stop(drainMs: 1000)
        try await store.close()
        logger.notice("provenance-stopped")
    }

    private static func untilShutdown() async {
        let (ending, ended) = AsyncStream<Void>.makeStream()
        await withTaskCancellationOrGracefulShutdownHandler {
            for await _ in ending {}
        } onCancelOrGracefulShutdown: {
            ended.finish()
        }
    }
}
