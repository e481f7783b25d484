package import Core
internal import Glibc
package import Logging
internal import NIOCore
internal import NIOPosix
internal import ServiceLifecycle
internal import Synchronization
internal import Transport

/// A datanode: its volumes, its three ports and its link to the namenode. Wiring and lifecycle only.
package final class DataNodeServer: Service {
    private struct Running: Sendable {
        var ports: DataNodePorts
        var group: MultiThreadedEventLoopGroup
        var transfers: TransferServer
        var rpc: RPCServer
        var admin: AdminHTTPServer
        var link: NamenodeLink
        var changes: ReplicaChangeQueue
        var reads: ReadReports
        var runner: CommandRunner
        var pool: ThreadPool
    }

    /// How long the last reports may take when the datanode stops.
    private static let flushMs: Int64 = 3_000

    private let configuration: DataNodeConfiguration
    private let logger: Logger
    private let metrics: MetricsRegistry
    private let onRegistered: @Sendable () -> Void
    private let running = Mutex<Running?>(nil)

    /// - Parameter onRegistered: called each time the namenode has taken this node; must not block.
    package init(
        _ configuration: DataNodeConfiguration, logger: Logger, metrics: MetricsRegistry = MetricsRegistry(),
        onRegistered: @escaping @Sendable () -> Void = {}
    ) {
        self.onRegistered = onRegistered
        self.configuration = configuration
        self.logger = logger
        self.metrics = metrics
    }

    /// The bound ports; nil before `start` has returned.
    package var ports: DataNodePorts? { running.withLock { $0?.ports } }

    /// True while the namenode knows this node.
    package var isRegistered: Bool { running.withLock { $0 }?.link.isRegistered ?? false }

    /// Opens the volumes and binds the ports. Called by `run` when it was not called before.
    /// - Throws: `.lockHeld`, `.wrongCluster`, `.incompatibleLayout`, `.corruptMetadata` for a volume that must not be used;
    ///   `.io` for a port that is taken or when no volume works.
    @discardableResult
    package func start() async throws(HFSError) -> DataNodePorts {
        if let ports { return ports }
        let configuration = configuration
        let logger = logger
        let metrics = metrics
        let startup = ThreadPool(name: "hfs-startup", threadsMax: 1)
        defer { startup.stop() }
        let changes = ReplicaChangeQueue()
        let nodeMetrics = DataNodeMetrics(metrics)
        let reads = ReadReports(dropped: nodeMetrics.readsDropped, released: nodeMetrics.readsReleased) {
            changes.wake()
        }
        let inlineBlocks = InlineBlocks()
        let pool = ThreadPool(name: "hfs-pipeline", threadsMax: configuration.transfersMax)
        let (store, transfers) = try await startup.run { () throws(HFSError) -> (BlockStore, TransferServer) in
            let store = try BlockStore(
                volumes: configuration.volumes, reservedBytes: configuration.reservedBytes,
                syncsOnClose: configuration.syncsOnClose, clock: SystemClock(), logger: logger)
            let context = TransferContext(
                store: store, reporter: changes, reads: reads, metrics: nodeMetrics, timeouts: TransferTimeouts(),
                pool: pool, inlineBlocks: inlineBlocks,
                logger: logger)
            let transfers = try TransferServer(
                host: configuration.listenHost, port: configuration.transferPort,
                transfersMax: configuration.transfersMax,
                context: context)
            return (store, transfers)
        }
        let recoveryPool = ThreadPool(name: "hfs-recovery", threadsMax: 16, queueMax: 10_000)
        let rpc = RPCServer(
            host: configuration.listenHost, port: configuration.rpcPort,
            services: [
                ClientDatanodeService(store: store, inlineBlocks: inlineBlocks),
                InterDatanodeService(store: store, reporter: changes, pool: recoveryPool),
            ],
            logger: logger, metrics: metrics, label: "datanode")
        let admin = AdminHTTPServer(host: configuration.listenHost, port: configuration.httpPort, logger: logger)
        var ports = DataNodePorts(transfer: transfers.port, rpc: 0, http: 0)
        do throws(HFSError) {
            ports.rpc = try await rpc.start()
            ports.http = try await admin.start()
        } catch {
            transfers.listener.close()
            await rpc.stop(drainMs: 0)
            throw error
        }
        let address = configuration.address ?? configuration.listenHost
        let descriptor = DatanodeDescriptor(
            uuid: store.datanodeUUID, address: address, hostName: configuration.hostName ?? address,
            transferPort: ports.transfer,
            httpPort: ports.http, rpcPort: ports.rpc, location: configuration.location)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let user = Self.userName
        let context = transfers.context
        let recovery = BlockRecovery(
            store: store, reporter: changes, pool: recoveryPool, user: user, group: group, logger: logger)
        let runner = CommandRunner(context: context, descriptor: descriptor, recovery: recovery) {
            transfers.connectionCount
        }
        let link = NamenodeLink(
            NamenodeLink.Configuration(host: configuration.namenodeHost, port: configuration.namenodePort, user: user),
            descriptor: descriptor, store: store, changes: changes, reads: reads, runner: runner, group: group,
            logger: logger,
            onRegistered: onRegistered)
        addGauges(store, transfers, changes, link)
        admin.routeMetrics(metrics)
        admin.route("/health") { _ in Self.health(store, link) }
        try transfers.start(descriptor)
        running.withLock {
            $0 = Running(
                ports: ports, group: group, transfers: transfers, rpc: rpc, admin: admin, link: link, changes: changes,
                reads: reads, runner: runner, pool: recoveryPool)
        }
        logger.info(
            "datanode_started",
            metadata: [
                "uuid": .string(store.datanodeUUID), "transfer_port": .stringConvertible(ports.transfer),
                "rpc_port": .stringConvertible(ports.rpc), "http_port": .stringConvertible(ports.http),
                "replicas": .stringConvertible(store.replicaCount),
            ])
        return ports
    }

    /// Serves until a graceful shutdown or cancellation; then lets running transfers end, tells the namenode what they made,
    /// and closes everything.
    /// - Throws: what `start` throws, and why the namenode refuses this node.
    package func run() async throws {
        try await start()
        guard let running = running.withLock({ $0 }) else { return }
        let link = running.link
        let outcome = await withTaskGroup(of: Result<Void, HFSError>?.self) { group in
            group.addTask {
                do throws(HFSError) { return .success(try await link.run()) } catch { return .failure(error) }
            }
            group.addTask {
                // Cancellation ends the wait as well as a graceful shutdown does.
                try? await gracefulShutdown()
                return nil
            }
            let first = await group.next() ?? nil
            await drain(running)
            group.cancelAll()
            return first ?? .success(())
        }
        await close(running)
        try outcome.get()
    }

    private func drain(_ running: Running) async {
        let drainMs = configuration.drainMs
        let stopper = ThreadPool(name: "hfs-stop", threadsMax: 1)
        // The pool's only work: it can neither be full nor stopped.
        try? await stopper.run { () throws(HFSError) in running.transfers.stop(drainMs: drainMs) }
        stopper.stop()
        let clock = SystemClock()
        let endMs = clock.monotonicMs + Self.flushMs
        running.changes.wake()
        while running.changes.count > 0 || running.reads.count > 0, running.link.isRegistered, clock.monotonicMs < endMs
        {
            do throws(HFSError) { try await EventLoopDelay.wait(ms: 10, on: running.group.next()) } catch { break }
        }
    }

    private func close(_ running: Running) async {
        running.runner.stop()
        running.pool.stop()
        await running.rpc.stop(drainMs: 1_000)
        await running.admin.stop()
        // The only failure is that the group has ended before.
        try? await running.group.shutdownGracefully()
        self.running.withLock { $0 = nil }
        logger.info("datanode_stopped")
    }

    private func addGauges(
        _ store: BlockStore, _ transfers: TransferServer, _ changes: ReplicaChangeQueue, _ link: NamenodeLink
    ) {
        metrics.gauge("hfs_datanode_replicas", help: "Replicas in the map") { [weak store] in
            Double(store?.replicaCount ?? 0)
        }
        metrics.gauge("hfs_datanode_connections", help: "Connections on the transfer port") { [weak transfers] in
            Double(transfers?.connectionCount ?? 0)
        }
        metrics.gauge("hfs_datanode_unreported_changes", help: "Changes that the namenode was not told yet") {
            [weak changes] in
            Double(changes?.count ?? 0)
        }
        metrics.gauge("hfs_datanode_registered", help: "1 while the namenode knows this node") { [weak link] in
            link?.isRegistered == true ? 1 : 0
        }
        for volume in store.volumes {
            let label = [("volume", volume.layout.root)]
            metrics.gauge("hfs_datanode_used_bytes", help: "Bytes of replicas", labels: label) { [weak volume] in
                Double(volume?.space.report().used ?? 0)
            }
            metrics.gauge("hfs_datanode_remaining_bytes", help: "Bytes that can be written", labels: label) {
                [weak volume] in
                Double(volume?.space.report().remaining ?? 0)
            }
            metrics.gauge("hfs_datanode_volume_failed", help: "1 when the volume is out of use", labels: label) {
                [weak volume] in
                volume?.isWorking == false ? 1 : 0
            }
        }
    }

    private static func health(_ store: BlockStore, _ link: NamenodeLink) -> AdminResponse {
        let failed = store.volumes.filter { !$0.isWorking }
        var lines = failed.map { "volume \($0.layout.root) failed: \($0.failure ?? "")" }
        if !link.isRegistered { lines.append("not registered: \(link.lastError.map { "\($0)" } ?? "connecting")") }
        let isHealthy = link.isRegistered && failed.count < store.volumes.count
        let text = (isHealthy ? "ok" : "unhealthy") + lines.map { "\n" + $0 }.joined() + "\n"
        return .health(text, isHealthy: isHealthy)
    }

    private static var userName: String {
        guard let entry = getpwuid(geteuid()), let name = entry.pointee.pw_name else { return "hfs" }
        return String(cString: name)
    }
}
