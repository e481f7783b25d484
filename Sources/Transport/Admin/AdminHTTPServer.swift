package import Core
package import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// The small HTTP server of a process: `/metrics`, `/health` and whatever its owner registers. GET and HEAD only.
///
/// It has a thread of its own, so that a page may take some milliseconds without touching other work.
package final class AdminHTTPServer: Sendable {
    /// Makes one page. Runs on the admin server's thread; must not block for long.
    package typealias Page = @Sendable (AdminRequest) -> AdminResponse

    private struct Running {
        var group: MultiThreadedEventLoopGroup
        var channel: any Channel
    }

    private let host: String
    private let port: UInt16
    private let logger: Logger
    private let pages = Mutex<[String: Page]>([:])
    private let connectionCount = Atomic<Int>(0)
    /// Scrapers and a few people; more is a mistake or an attack.
    private static let connectionsMax = 256
    private let running = Mutex<Running?>(nil)

    /// - Parameter port: 0 lets the system choose.
    package init(host: String, port: UInt16, logger: Logger) {
        self.host = host
        self.port = port
        self.logger = logger
    }

    /// Serves `path` (exactly) from now on, also while running.
    package func route(_ path: String, _ page: @escaping Page) { pages.withLock { $0[path] = page } }

    /// Serves a registry's figures at `/metrics`.
    package func routeMetrics(_ registry: MetricsRegistry) {
        route("/metrics") { _ in .metrics(registry.prometheusText()) }
    }

    /// Starts serving; gives the bound port.
    /// - Throws: `.io` when the address is taken.
    package func start() async throws(HFSError) -> UInt16 {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        do {
            let channel = try await ServerBootstrap(group: group)
                .serverChannelOption(.backlog, value: 64)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelInitializer { [self] channel in
                    channel.eventLoop.makeCompletedFuture {
                        guard countIn(channel) else { return }
                        try channel.pipeline.syncOperations.addHandler(IdleStateHandler(allTimeout: .seconds(60)))
                        try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
                        try channel.pipeline.syncOperations.addHandler(AdminHTTPHandler(server: self))
                    }
                }
                .bind(host: host, port: Int(port)).get()
            running.withLock { $0 = Running(group: group, channel: channel) }
            let bound = UInt16(clamping: channel.localAddress?.port ?? Int(port))
            logger.info("admin.started", metadata: ["host": "\(host)", "port": "\(bound)"])
            return bound
        } catch {
            await Self.end(group)
            throw HFSError(.io, "Cannot serve HTTP on \(host):\(port)", cause: "\(error)")
        }
    }

    /// Stops at once; requests in progress are cut off.
    package func stop() async {
        guard let running = running.withLock({ $0.take() }) else { return }
        // A channel that is closed already is what we want.
        try? await running.channel.close()
        await Self.end(running.group)
    }

    /// False when there are too many connections: it is then closed.
    private func countIn(_ channel: any Channel) -> Bool {
        let count = connectionCount.wrappingAdd(1, ordering: .relaxed).newValue
        channel.closeFuture.whenComplete { [self] _ in connectionCount.wrappingSubtract(1, ordering: .relaxed) }
        if count > Self.connectionsMax { channel.close(promise: nil) }
        return count <= Self.connectionsMax
    }

    func answer(_ request: AdminRequest) -> AdminResponse {
        guard let page = pages.withLock({ $0[request.path] }) else {
            let known = pages.withLock { $0.keys.sorted() }.joined(separator: "\n")
            return .text("Not found. Pages:\n\(known)\n", status: .notFound)
        }
        return page(request)
    }

    private static func end(_ group: MultiThreadedEventLoopGroup) async {
        // The only failure is that the group has ended before.
        try? await group.shutdownGracefully()
    }
}
