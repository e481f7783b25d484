import Core
import Testing
import Transport

@Suite("The admin HTTP server", .serialized)
struct AdminHTTPServerTests {
    private func ask(_ port: UInt16, _ request: String) throws -> String {
        let socket = try BlockingSocket.connect(host: "127.0.0.1", port: port, timeoutMs: 60_000)
        socket.setTimeouts(readMs: 5_000, writeMs: 5_000)
        try socket.writeAll(Array(request.utf8))
        let reader = BufferedSocketReader(socket)
        var bytes: [UInt8] = []
        while try reader.waitForInput() { bytes.append(try reader.readUInt8()) }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("Pages are served, others are not, and the figures are Prometheus text")
    func pages() async throws {
        let metrics = MetricsRegistry()
        metrics.counter("hfs_test_things_total", help: "Things").add(3)
        let (server, port) = try await TestPorts.bind { port in
            let server = AdminHTTPServer(host: "127.0.0.1", port: port, logger: quietLogger)
            server.routeMetrics(metrics)
            server.route("/health") { .text("fine \($0.query)\n") }
            return (server, try await server.start())
        }
        let end = "Host: x\r\nConnection: close\r\n\r\n"
        let health = try ask(port, "GET /health?verbose=1 HTTP/1.1\r\n\(end)")
        #expect(health.hasPrefix("HTTP/1.1 200 OK\r\n") && health.hasSuffix("\r\n\r\nfine verbose=1\n"))
        #expect(try ask(port, "GET /metrics HTTP/1.1\r\n\(end)").contains("\nhfs_test_things_total 3\n"))
        #expect(try ask(port, "GET /no HTTP/1.1\r\n\(end)").hasPrefix("HTTP/1.1 404 "))
        #expect(try ask(port, "DELETE /health HTTP/1.1\r\n\(end)").hasPrefix("HTTP/1.1 405 "))
        #expect(try ask(port, "HEAD /health HTTP/1.1\r\n\(end)").hasSuffix("\r\n\r\n"))
        #expect(try ask(port, "\u{1}\u{2}\u{3}\r\n\r\n").hasPrefix("HTTP/1.1 400 "))
        await server.stop()
        #expect(throws: HFSError.self) { try BlockingSocket.connect(host: "127.0.0.1", port: port, timeoutMs: 1000) }
    }
}
