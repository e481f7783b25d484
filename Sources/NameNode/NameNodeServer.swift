package import Core
package import Logging
package import MetaStore
internal import ServiceLifecycle
internal import Synchronization
internal import Transport

/// A namenode process: engine, RPC and admin HTTP. `run` serves until a graceful shutdown, then drains.
package final class NameNodeServer: Service {
    /// Where the server listens.
    package struct Addresses: Hashable, Sendable {
        package var rpcPort: UInt16
        package var httpPort: UInt16
    }

    private enum State {
        case starting([CheckedContinuation<Result<Addresses, HFSError>, Never>])
        case ready(Addresses)
        case failed(HFSError)
    }

    private let configuration: NameNodeConfiguration
    private let clock: any HFSClock
    private let logger: Logger
    private let openEngine: @Sendable () throws(HFSError) -> any MetadataEngine
    private let state = Mutex(State.starting([]))
    package let metrics = MetricsRegistry()

    /// - Parameter openEngine: opens the namespace's engine; runs on a thread where it may block.
    package init(
        configuration: NameNodeConfiguration, clock: any HFSClock = SystemClock(), logger: Logger,
        openEngine: @escaping @Sendable () throws(HFSError) -> any MetadataEngine
    ) {
        self.configuration = configuration
        self.clock = clock
        self.logger = logger
        self.openEngine = openEngine
    }

    /// The bound ports, once calls are answered. Errors: why the server could not start.
    package func waitUntilReady() async throws(HFSError) -> Addresses {
        let result: Result<Addresses, HFSError> = await withCheckedContinuation { continuation in
            let known: Result<Addresses, HFSError>? = state.withLock { state in
                switch state {
                case .starting(let waiting):
                    state = .starting(waiting + [continuation])
                    return nil
                case .ready(let addresses): return .success(addresses)
                case .failed(let error): return .failure(error)
                }
            }
            if let known { continuation.resume(returning: known) }
        }
        return try result.get()
    }

    /// Starts, serves until the service group shuts down gracefully or the task is cancelled, drains.
    package func run() async throws {
        do throws(HFSError) {
            try await serve()
        } catch {
            logger.error("namenode-failed", metadata: ["error": "\(error)"])
            settle(.failed(error))
            throw error
        }
    }

    private func serve() async throws(HFSError) {
        let threads = ThreadPool(name: "namenode-life", threadsMax: 2)
        let engine = try await threads.run { [openEngine] () throws(HFSError) in try openEngine() }
        let namenode = try await NameNode(engine: engine, configuration: configuration, clock: clock, logger: logger)
        var rpcConfiguration = RPCServerConfiguration()
        rpcConfiguration.eventLoopThreads = configuration.eventLoopThreads
        let rpc = RPCServer(
            host: configuration.host, port: configuration.port, services: namenode.services(), logger: logger,
            metrics: metrics, configuration: rpcConfiguration)
        let admin = AdminHTTPServer(host: configuration.httpHost, port: configuration.httpPort, logger: logger)
        NameNodeMetrics.register(namenode, metrics)
        admin.routeMetrics(metrics)
        admin.route("/health") { _ in NameNodeHealth.page(namenode) }
        do throws(HFSError) {
            let addresses = Addresses(rpcPort: try await rpc.start(), httpPort: try await admin.start())
            logger.notice(
                "namenode-ready", metadata: ["rpcPort": "\(addresses.rpcPort)", "httpPort": "\(addresses.httpPort)"])
            settle(.ready(addresses))
            await waitForShutdown()
        } catch {
            await stop(rpc, admin)
            try await threads.run { () throws(HFSError) in try namenode.close() }
            threads.stop()
            throw error
        }
        logger.notice("namenode-draining")
        await stop(rpc, admin)
        try await threads.run { () throws(HFSError) in try namenode.close() }
        threads.stop()
        logger.notice("namenode-stopped")
    }

    private func stop(_ rpc: RPCServer, _ admin: AdminHTTPServer) async {
        await rpc.stop(drainMs: configuration.drainMs)
        await admin.stop()
    }

    private func waitForShutdown() async {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        await withTaskCancellationOrGracefulShutdownHandler {
            for await _ in stream {}
        } onCancelOrGracefulShutdown: {
            continuation.finish()
        }
    }

    private func settle(_ new: State) {
        let waiting = state.withLock { state -> [CheckedContinuation<Result<Addresses, HFSError>, Never>] in
            guard case .starting(let waiting) = state else { return [] }
            state = new
            return waiting
        }
        for continuation in waiting {
            switch new {
            case .ready(let addresses): continuation.resume(returning: .success(addresses))
            case .failed(let error): continuation.resume(returning: .failure(error))
            case .starting: break
            }
        }
    }
}
