/// What `cluster start` and `cluster status` show.
struct ClusterReport: Encodable, Sendable {
    struct Server: Encodable, Sendable {
        let name: String
        let isRunning: Bool
        let pid: Int32?
        let address: String
        let http: String
        let log: String
    }

    let directory: String
    let uri: String
    let namenode: Server
    let datanodes: [Server]

    let isRunning: Bool

    var servers: [Server] { [namenode] + datanodes }

    init(_ directory: ClusterDirectory, _ record: ClusterRecord) throws {
        self.directory = directory.root
        uri = record.uri
        func server(_ name: String, _ port: UInt16, _ httpPort: UInt16) throws -> Server {
            let pid = try RunLock(path: directory.runFile(name)).runningPID()
            return Server(
                name: name, isRunning: pid != nil, pid: pid, address: "\(record.host):\(port)",
                http: "http://\(record.host):\(httpPort)", log: directory.logFile(name))
        }
        namenode = try server(ClusterRecord.namenode, record.rpcPort, record.httpPort)
        datanodes = try record.datanodes.map { try server($0.name, $0.transferPort, $0.httpPort) }
        isRunning = namenode.isRunning && datanodes.allSatisfy(\.isRunning)
    }

    var lines: [String] {
        let rows = servers.map { server in
            [server.name, server.address, server.http, server.pid.map { "pid \($0)" } ?? "not running"]
        }
        return TextTable.lines(rows).map { "  \($0)" }
    }
}
