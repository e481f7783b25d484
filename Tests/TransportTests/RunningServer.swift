import Core
import Logging
import NIOPosix
import Transport

/// A server with the test service, up for the length of a test.
struct RunningServer {
    let service: TestService
    let server: RPCServer
    let port: UInt16
    let metrics: MetricsRegistry

    static func run(
        _ service: TestService = TestService(), configure: (inout RPCServerConfiguration) -> Void = { _ in },
        _ body: (RunningServer) async throws -> Void
    ) async throws {
        var configuration = RPCServerConfiguration()
        configure(&configuration)
        let metrics = MetricsRegistry()
        let (server, port) = try await TestPorts.bind { port in
            let server = RPCServer(
                host: "127.0.0.1", port: port, services: [service], logger: quietLogger, metrics: metrics,
                configuration: configuration)
            return (server, try await server.start())
        }
        do {
            try await body(RunningServer(service: service, server: server, port: port, metrics: metrics))
        } catch {
            await server.stop(drainMs: 0)
            throw error
        }
        await server.stop(drainMs: 0)
        service.pool.stop()
    }

    /// A client of the test service; close it.
    func client(
        group: MultiThreadedEventLoopGroup = .singleton, configure: (inout RPCClientConfiguration) -> Void = { _ in }
    ) -> RPCClient {
        var configuration = RPCClientConfiguration()
        configure(&configuration)
        return RPCClient(
            host: "127.0.0.1", port: port, user: "alice", protocolName: service.protocolName, group: group,
            logger: quietLogger, configuration: configuration)
    }

    /// What has come over all connections.
    var receivedBytes: Int {
        let name = "hfs_rpc_received_bytes{server=\"rpc\"} "
        let line = metrics.prometheusText().split(separator: "\n").first { $0.hasPrefix(name) }
        return line.flatMap { Int($0.dropFirst(name.count)) } ?? 0
    }

    /// A bare connection with a ten-second patience.
    func connect() throws -> RawConnection { try RawConnection(port: port) }
}

let quietLogger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// Waits, at most ten seconds, until something is true.
func eventually(_ condition: () -> Bool) async throws -> Bool {
    for _ in 0..<1000 {
        if condition() { return true }
        try await EventLoopDelay.wait(ms: 10, on: MultiThreadedEventLoopGroup.singleton.next())
    }
    return condition()
}

func pause(ms: Int64) async throws {
    try await EventLoopDelay.wait(ms: ms, on: MultiThreadedEventLoopGroup.singleton.next())
}
