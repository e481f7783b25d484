import Core
import NIOCore
import NIOPosix
import Synchronization
import Testing
import Transport
import WireProtocol

@Suite("The RPC client over real sockets", .serialized)
struct RPCClientTests {
    private func echo(_ client: RPCClient, _ text: String, method: String = "echo") async throws -> String {
        let body = RawBody(bytes: Array(text.utf8))
        return String(buffer: try await client.call(method, body: body, deadlineMs: 20_000))
    }

    /// The error with which a call ends that is never answered.
    private func unanswered(_ client: RPCClient, deadlineMs: Int64 = 60_000) async -> HFSError? {
        await failure { try await client.call("never", body: RawBody(bytes: []), deadlineMs: deadlineMs) }
    }

    @Test("Many tasks share one connection")
    func multiplexed() async throws {
        try await RunningServer.run { (running: RunningServer) async throws -> Void in
            let client = running.client { $0.callerContext = "job-7" }
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for task in 0..<50 {
                    group.addTask {
                        for number in 0..<40 {
                            let text = "\(task)-\(number)"
                            guard try await echo(client, text, method: number % 2 == 0 ? "echo" : "later") == text
                            else {
                                return false
                            }
                        }
                        return true
                    }
                }
                for try await isRight in group { #expect(isRight) }
            }
            #expect(running.server.connectionCount == 1)
            #expect(Set(running.service.calls.map(\.callID)).count == 2000)
            #expect(running.service.calls.allSatisfy { $0.context == "job-7" && $0.user == "alice" })
            await client.close()
            #expect(try await eventually { running.server.connectionCount == 0 })
        }
    }

    @Test("Messages travel typed, and an error comes back as ours")
    func messages() async throws {
        let service = TestService(protocolName: Captured.clientProtocol, fileInfo: hex(Captured.fileInfoBody))
        try await RunningServer.run(service) { (running: RunningServer) async throws -> Void in
            let client = running.client()
            var request = Hadoop_Hdfs_GetFileInfoRequestProto()
            request.src = "/a/b"
            let answer: Hadoop_Hdfs_GetFileInfoResponseProto = try await client.call(
                "getFileInfo", request, deadlineMs: 20_000)
            #expect(answer.fs.owner == "root")
            await #expect(throws: HFSError.self) {
                let _: Hadoop_Hdfs_GetFileInfoResponseProto = try await client.call("fail", request, deadlineMs: 20_000)
            }
            do {
                _ = try await echo(client, "x", method: "fail")
                Issue.record("no error")
            } catch {
                let error = try #require(error as? HFSError)
                #expect(error.code == .fileNotFound && error.message == "File does not exist: /nope")
            }
            await client.close()
        }
    }

    @Test("A deadline ends a call that is never answered; other calls go on")
    func deadline() async throws {
        try await RunningServer.run { (running: RunningServer) async throws -> Void in
            let client = running.client()
            async let long = client.call("never", body: RawBody(bytes: []), deadlineMs: 60_000)
            let error = await unanswered(client, deadlineMs: 100)
            #expect(error?.code == .timedOut)
            #expect(try await echo(client, "alive") == "alive")
            running.service.release()
            #expect(try await long.readableBytes == 1)
            await client.close()
        }
    }

    @Test("A cancelled task's call ends at once")
    func cancellation() async throws {
        try await RunningServer.run { (running: RunningServer) async throws -> Void in
            let client = running.client()
            let task = Task { await unanswered(client) }
            #expect(try await running.service.holds(1))
            task.cancel()
            #expect(await task.value?.code == .cancelled)
            running.service.release()
            #expect(try await echo(client, "alive") == "alive")
            await client.close()
        }
    }

    @Test("Nobody listening is a failed connection; a server that dies loses the calls it had")
    func broken() async throws {
        let nobody = RPCClient(
            host: "127.0.0.1", port: 1, user: "a", protocolName: "p", group: MultiThreadedEventLoopGroup.singleton,
            logger: quietLogger)
        let refused = await failure { try await nobody.call("x", body: RawBody(bytes: []), deadlineMs: 5_000) }
        #expect(refused?.code == .connectionFailed)
        #expect(refused?.cause == "Connection refused")
        try await RunningServer.run { (running: RunningServer) async throws -> Void in
            let client = running.client()
            let disconnects = Atomic<Int>(0)
            client.onDisconnect { _ in disconnects.wrappingAdd(1, ordering: .sequentiallyConsistent) }
            async let lost = unanswered(client)
            #expect(try await running.service.holds(1))
            await running.server.stop(drainMs: 0)
            #expect(await lost?.code == .connectionLost)
            #expect(try await eventually { disconnects.load(ordering: .sequentiallyConsistent) == 1 })
            #expect(client.established == nil)
            await client.close()
        }
    }

    @Test("A call that is bound to a connection goes over no other, and is not sent when that one is gone")
    func bound() async throws {
        try await RunningServer.run { (first: RunningServer) async throws -> Void in
            let client = first.client()
            let connection = try client.connect()
            let body = RawBody(bytes: [65])
            let answer = try await client.call("echo", body: body, deadlineMs: 20_000, over: connection)
            #expect(String(buffer: answer) == "A" && client.established == connection)
            await first.server.stop(drainMs: 0)
            #expect(try await eventually { client.established == nil })
            let service = TestService()
            let second = RPCServer(
                host: "127.0.0.1", port: first.port, services: [service], logger: quietLogger,
                metrics: MetricsRegistry())
            _ = try await second.start()
            #expect(try await echo(client, "somebody else's") == "somebody else's")
            let refused = await failure {
                try await client.call("echo", body: body, deadlineMs: 20_000, over: connection)
            }
            #expect(refused?.code == .connectionFailed && service.calls.count == 1)
            #expect(try client.connect() != connection)
            await client.close()
            await second.stop(drainMs: 0)
        }
    }

    @Test("A call is repeated under the same call id when its answer was lost, on a new connection")
    func repeated() async throws {
        try await RunningServer.run { (first: RunningServer) async throws -> Void in
            let client = first.client()
            async let answer = client.call(
                "never", body: RawBody(bytes: []), deadlineMs: 60_000,
                retries: RPCRetryPolicy(attemptsMax: 100, delayMs: 20, delayMaxMs: 50))
            #expect(try await first.service.holds(1))
            await first.server.stop(drainMs: 0)
            let service = TestService()
            let second = RPCServer(
                host: "127.0.0.1", port: first.port, services: [service], logger: quietLogger,
                metrics: MetricsRegistry())
            _ = try await second.start()
            #expect(try await service.holds(1))
            service.release()
            #expect(try await answer.readableBytes == 1)
            let calls = first.service.calls + service.calls
            #expect(Set(calls.map(\.callID)).count == 1)
            #expect(calls.first?.retryCount == 0)
            #expect((calls.last?.retryCount ?? 0) >= 1)
            await client.close()
            await second.stop(drainMs: 0)
        }
    }

    @Test("After close every call is refused")
    func closed() async throws {
        try await RunningServer.run { (running: RunningServer) async throws -> Void in
            let client = running.client()
            #expect(try await echo(client, "x") == "x")
            async let cut = unanswered(client)
            #expect(try await running.service.holds(1))
            await client.close()
            #expect(await cut?.code == .cancelled)
            #expect(
                await failure { try await client.call("echo", body: RawBody(bytes: []), deadlineMs: 100) }?.code
                    == .cancelled)
        }
    }

    @Test("A quiet connection with a call outstanding is pinged, and stays")
    func ping() async throws {
        try await RunningServer.run { (running: RunningServer) async throws -> Void in
            let client = running.client { $0.pingIntervalMs = 20 }
            async let held = client.call("never", body: RawBody(bytes: []), deadlineMs: 60_000)
            #expect(try await running.service.holds(1))
            for _ in 0..<3 {
                // Nothing but a ping can come while the only call is held.
                let bytes = running.receivedBytes
                #expect(try await eventually { running.receivedBytes > bytes })
            }
            running.service.release()
            #expect(try await held.readableBytes == 1)
            #expect(running.service.calls.count == 1)
            await client.close()
        }
    }

    @Test("A fatal answer fails the calls with what the server said")
    func fatal() async throws {
        try await RunningServer.run { (running: RunningServer) async throws -> Void in
            let client = RPCClient(
                host: "127.0.0.1", port: running.port, user: "", protocolName: running.service.protocolName,
                group: MultiThreadedEventLoopGroup.singleton, logger: quietLogger)
            #expect(await unanswered(client)?.code == .accessDenied)
            await client.close()
        }
    }

    @Test(
        "A server that sends nonsense, or closes, loses its calls; nothing else happens",
        arguments: ["7fffffff", "00000000", "0000000401020304", "000000050308011001", "48545450", ""])
    func nonsense(text: String) async throws {
        let listener = try await TestPorts.bind { port in try BlockingListener(host: "127.0.0.1", port: port) }
        let server = try startThread(name: "nonsense") {
            while let socket = try? listener.accept() {
                // Once the first call is there.
                _ = try? BufferedSocketReader(socket).readBytes(60)
                try? socket.writeAll(hex(text))
                socket.shutdownWriting()
                _ = try? socket.waitReadable(timeoutMs: 200)
            }
        }
        let client = RPCClient(
            host: "127.0.0.1", port: listener.port, user: "a", protocolName: "p",
            group: MultiThreadedEventLoopGroup.singleton, logger: quietLogger)
        for _ in 0..<3 {
            let error = await unanswered(client)
            #expect(
                error?.code == .connectionLost || text == "000000050308011001" && error?.code == .remote,
                "\(error as Any)")
        }
        await client.close()
        listener.shutdown()
        #expect(server.join(timeoutMs: 60_000))
    }

    @Test("A server that never answers the connect is given up by the deadline")
    func unreachable() async throws {
        let client = RPCClient(
            host: "192.0.2.1", port: 9, user: "a", protocolName: "p", group: MultiThreadedEventLoopGroup.singleton,
            logger: quietLogger)
        #expect(await unanswered(client, deadlineMs: 100)?.code == .connectionFailed)
        await client.close()
    }

    @Test("How fast small calls go (printed, not judged)")
    func throughput() async throws {
        try await RunningServer.run { (running: RunningServer) async throws -> Void in
            let client = running.client()
            let clock = SystemClock()
            let start = clock.monotonicMs
            let tasks = 64
            let each = 200
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<tasks {
                    group.addTask { for _ in 0..<each { _ = try await echo(client, "0123456789") } }
                }
                try await group.waitForAll()
            }
            let ms = max(clock.monotonicMs - start, 1)
            print("rpc echo: \(tasks * each * 1000 / Int(ms)) calls/s, client and server in one process")
            await client.close()
        }
    }
}

/// The error of something that should fail; nil when it does not.
func failure<T>(_ body: () async throws -> T) async -> HFSError? {
    do {
        _ = try await body()
        return nil
    } catch {
        return error as? HFSError
    }
}
