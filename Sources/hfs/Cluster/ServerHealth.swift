import Core
import Transport

/// What a server of the cluster says about itself at `/health`.
struct ServerHealth: Encodable, Sendable {
    let isHealthy: Bool
    /// Why not; nil for a healthy one.
    let problem: String?

    var text: String { isHealthy ? "healthy" : "unhealthy: \(problem ?? "it does not say why")" }

    private static let timeoutMs: Int64 = 3000
    private static let pageBytesMax = 64 << 10

    /// Asks a server. Blocks.
    static func of(_ server: ClusterReport.Server, host: String, port: UInt16) -> ServerHealth {
        guard server.isRunning else { return ServerHealth(isHealthy: false, problem: "not running") }
        do throws(HFSError) {
            return ServerHealth(page: try page(host, port))
        } catch {
            return ServerHealth(isHealthy: false, problem: "no answer at \(server.http)/health: \(error.message)")
        }
    }

    /// Whether a server answers there, well or not. Blocks.
    static func answers(host: String, port: UInt16) -> Bool {
        do throws(HFSError) {
            return try page(host, port).hasPrefix("HTTP/")
        } catch {
            return false
        }
    }

    private init(isHealthy: Bool, problem: String?) {
        self.isHealthy = isHealthy
        self.problem = problem
    }

    /// Reads an HTTP answer: status 200 says healthy; else the body's lines say why not.
    init(page: String) {
        let lines = page.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        let status = lines.first?.split(separator: " ").dropFirst().first
        isHealthy = status == "200"
        let body = lines.drop { !$0.isEmpty }.filter { !$0.isEmpty && $0 != "unhealthy" }
        let reason = body.isEmpty ? "status \(status ?? "missing")" : body.joined(separator: "; ")
        problem = isHealthy ? nil : reason
    }

    private static func page(_ host: String, _ port: UInt16) throws(HFSError) -> String {
        let socket = try BlockingSocket.connect(host: host, port: port, timeoutMs: timeoutMs)
        defer { socket.close() }
        socket.setTimeouts(readMs: timeoutMs, writeMs: timeoutMs)
        try socket.writeAll(Array("GET /health HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n".utf8))
        let reader = BufferedSocketReader(socket)
        var bytes: [UInt8] = []
        while bytes.count < pageBytesMax, try reader.waitForInput() { bytes.append(try reader.readUInt8()) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
