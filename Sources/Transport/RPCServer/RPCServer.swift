package import Core
package import Logging
import NIOCore
import NIOPosix
import Synchronization

/// A Hadoop RPC (version 9) server: SIMPLE authentication, delegation tokens where they are known, any number of protocols on one port.
///
/// Calls are handed to their service on event loops in the order in which a connection sent them; answers leave in the
/// order in which they were given.
package final class RPCServer: Sendable {
    private struct Running {
        var group: MultiThreadedEventLoopGroup
        var channel: any Channel
    }

    private let host: String
    private let port: UInt16
    private let logger: Logger
    private let shared: RPCServerShared
    private let running = Mutex<Running?>(nil)

    /// - Parameters:
    ///   - port: 0 lets the system choose.
    ///   - services: one for each protocol.
    ///   - authenticator: nil believes every user name and takes no tokens.
    ///   - label: tells the servers of one process apart in the metrics.
    ///   - calls: told of bursts of calls, on the event loop that hands them to the services.
    package init(
        host: String, port: UInt16, services: [any RPCService], logger: Logger, metrics: MetricsRegistry,
        configuration: RPCServerConfiguration = RPCServerConfiguration(),
        authenticator: (any RPCAuthenticator)? = nil, label: String = "rpc", calls: (any BurstObserver)? = nil
    ) {
        self.host = host
        self.port = port
        self.logger = logger
        let shared = RPCServerShared(
            services: services, configuration: configuration, authenticator: authenticator, logger: logger,
            metrics: metrics, label: label, calls: calls)
        self.shared = shared
        metrics.gauge("hfs_rpc_connections", help: "Open connections", labels: [("server", label)]) { [weak shared] in
            Double(shared?.connectionCount ?? 0)
        }
    }

    /// To be told of bursts of answers: their connections are woken at the end.
    package var answers: any BurstObserver { shared.wakes }

    /// Open connections.
    package var connectionCount: Int { shared.connectionCount }

    /// Binds and serves; gives the bound port.
    /// - Throws: `.io` when the address is taken.
    package func start() async throws(HFSError) -> UInt16 {
        let configuration = shared.configuration
        let group = MultiThreadedEventLoopGroup(numberOfThreads: max(configuration.eventLoopThreads, 1))
        let pauseBytes = configuration.outboundPauseBytes
        let marks = ChannelOptions.Types.WriteBufferWaterMark(low: pauseBytes / 4, high: pauseBytes)
        let reads = AdaptiveRecvByteBufferAllocator(minimum: 4096, initial: 16 << 10, maximum: 256 << 10)
        do {
            let channel = try await ServerBootstrap(group: group)
                .serverChannelOption(.backlog, value: configuration.backlog)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
                .childChannelOption(.socketOption(.so_keepalive), value: 1)
                .childChannelOption(.writeBufferWaterMark, value: marks)
                .childChannelOption(.recvAllocator, value: reads)
                .childChannelInitializer { [shared] channel in
                    channel.eventLoop.makeCompletedFuture {
                        guard let id = shared.add(channel) else {
                            channel.close(promise: nil)
                            return
                        }
                        try channel.pipeline.syncOperations.addHandler(RPCConnectionHandler(id: id, shared: shared))
                    }
                }
                .bind(host: host, port: Int(port)).get()
            running.withLock { $0 = Running(group: group, channel: channel) }
            let bound = UInt16(clamping: channel.localAddress?.port ?? Int(port))
            logger.info("rpc.server.started", metadata: ["host": "\(host)", "port": "\(bound)"])
            return bound
        } catch {
            await Self.end(group)
            throw HFSError(.io, "Cannot listen on \(host):\(port)", cause: "\(error)")
        }
    }

    /// Stops: no new connections; a call that still arrives is answered with StandbyException; running calls have `drainMs`
    /// to be answered, then every connection is cut.
    package func stop(drainMs: Int64) async {
        guard let running = running.withLock({ $0.take() }) else { return }
        // A channel that is closed already is what we want.
        try? await running.channel.close()
        let channels = shared.stopAccepting()
        for channel in channels {
            channel.pipeline.fireUserInboundEventTriggered(RPCConnectionHandler.Drain())
        }
        let cut = running.group.next().scheduleTask(in: .milliseconds(max(drainMs, 0))) { [shared, logger] in
            let left = shared.stopAccepting()
            guard !left.isEmpty else { return }
            logger.warning("rpc.server.cut", metadata: ["connections": "\(left.count)", "drainMs": "\(drainMs)"])
            left.forEach { $0.close(promise: nil) }
        }
        await shared.waitUntilEmpty()
        cut.cancel()
        await Self.end(running.group)
        logger.info("rpc.server.stopped", metadata: ["connections": "\(channels.count)"])
    }

    private static func end(_ group: MultiThreadedEventLoopGroup) async {
        // The only failure is that the group has ended before.
        try? await group.shutdownGracefully()
    }
}
