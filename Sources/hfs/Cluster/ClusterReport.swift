/// What `cluster start` and `cluster status` show.
struct ClusterReport: Encodable, Sendable {
    struct Server: Encodable, Sendable {
        let name: String
        let isRunning: Bool
        let pid: Int32?
        let address: String
        let http: String
        let log: String
        /// What its `/health` page says; nil when it was not asked.
        var health: ServerHealth?
    }

    let directory: String
    let uri: String
    private(set) var namenode: Server
    private(set) var datanodes: [Server]
    private(set) var tailer: Server

    let isRunning: Bool
    /// Every server answers that it is well; nil when they were not asked.
    private(set) var isHealthy: Bool?

    var servers: [Server] { [namenode] + datanodes + [tailer] }

    init(_ directory: ClusterDirectory, _ record: ClusterRecord) throws {
        self.directory = directory.root
        uri = record.uri
        func server(_ name: String, _ port: UInt16, _ httpPort: UInt16?) throws -> Server {
            let pid = try RunLock(path: directory.runFile(name)).runningPID()
            return Server(
                name: name, isRunning: pid != nil, pid: pid, address: "\(record.host):\(port)",
                http: httpPort.map { "http://\(record.host):\($0)" } ?? "", log: directory.logFile(name), health: nil)
        }
        namenode = try server(ClusterRecord.namenode, record.rpcPort, record.httpPort)
        datanodes = try record.datanodes.map { try server($0.name, $0.transferPort, $0.httpPort) }
        tailer = try server(ClusterRecord.tailer, record.tailerPort ?? 0, record.tailerHTTPPort)
        isRunning = namenode.isRunning && datanodes.allSatisfy(\.isRunning) && tailer.isRunning
    }

    /// Asks every server that runs how it is. Blocks, at most some seconds a server.
    mutating func askHealth(_ record: ClusterRecord) {
        namenode.health = ServerHealth.of(namenode, host: record.host, port: record.httpPort)
        for (index, datanode) in record.datanodes.enumerated() {
            datanodes[index].health = ServerHealth.of(datanodes[index], host: record.host, port: datanode.httpPort)
        }
        if let httpPort = record.tailerHTTPPort {
            tailer.health = ServerHealth.of(tailer, host: record.host, port: httpPort)
        }
        // A tailer that was configured without a page tells only that it runs.
        isHealthy = servers.allSatisfy { $0.health?.isHealthy ?? $0.isRunning }
    }

    var lines: [String] {
        let rows = servers.map { server in
            [
                server.name, server.address, server.http, server.pid.map { "pid \($0)" } ?? "not running",
                server.isRunning ? server.health?.text ?? "" : "",
            ]
        }
        return TextTable.lines(rows).map { "  \($0)" }
    }
}
