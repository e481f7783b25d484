package import Core
package import Logging
internal import MetaStore
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
    private let openEngine: OpenedEngine.Opener
    private let state = Mutex(State.starting([]))
    package let metrics = MetricsRegistry()

    /// - Parameter openEngine: opens the namespace's engine; runs on a thread where it may block. The shards of the
    ///   configured directory unless a test says otherwise.
    package init(
        configuration: NameNodeConfiguration, clock: any HFSClock = SystemClock(), logger: Logger,
        openEngine: OpenedEngine.Opener? = nil
    ) {
        self.configuration = configuration
        self.clock = clock
        self.logger = logger
        self.openEngine =
            openEngine ?? OpenedEngine.shards(configuration, clock: clock, logger: logger, metrics: metrics)
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
        let (ending, ended) = AsyncStream.makeStream(of: HFSError.self)
        let engine = try await threads.run { [openEngine] () throws(HFSError) in
            try openEngine { error in
                ended.yield(error)
                ended.finish()
            }
        }
        let namenode = try await NameNode(engine, configuration: configuration, clock: clock, logger: logger)
        var rpcConfiguration = RPCServerConfiguration()
        rpcConfiguration.eventLoopThreads = configuration.eventLoopThreads
        let rpc = RPCServer(
            host: configuration.host, port: configuration.port, services: namenode.services(), logger: logger,
            metrics: metrics, configuration: rpcConfiguration, authenticator: namenode.writer.identities,
            calls: namenode.engine.submissions)
        namenode.engine.observeAnswers(rpc.answers)
        let admin = AdminHTTPServer(host: configuration.httpHost, port: configuration.httpPort, logger: logger)
        NameNodeMetrics.register(namenode, metrics)
        admin.routeMetrics(metrics)
        admin.route("/health") { _ in NameNodeHealth.page(namenode, namenode.engine.health) }
        ProgramPages().add(to: admin)
        var failure: HFSError?
        do throws(HFSError) {
            let addresses = Addresses(rpcPort: try await rpc.start(), httpPort: try await admin.start())
            logger.notice(
                "namenode-ready", metadata: ["rpcPort": "\(addresses.rpcPort)", "httpPort": "\(addresses.httpPort)"])
            settle(.ready(addresses))
            failure = await end(ending, ended)
            logger.notice("namenode-draining")
        } catch {
            failure = error
        }
        namenode.engine.feed.endWaits()
        namenode.attempts.endWaits()
        await rpc.stop(drainMs: configuration.drainMs)
        await admin.stop()
        do throws(HFSError) {
            try await threads.run { () throws(HFSError) in try namenode.close() }
        } catch {
            failure = failure ?? error
        }
        threads.stop()
        if let failure { throw failure }
        logger.notice("namenode-stopped")
    }

    /// Waits for the end: nil when somebody asked for it, else what the engine cannot survive.
    private func end(
        _ ending: AsyncStream<HFSError>, _ ended: AsyncStream<HFSError>.Continuation
    ) async -> HFSError? {
        await withTaskCancellationOrGracefulShutdownHandler {
            for await error in ending { return error }
            return nil
        } onCancelOrGracefulShutdown: {
            ended.finish()
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
