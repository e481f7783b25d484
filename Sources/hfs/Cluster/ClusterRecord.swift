/// The shape of a cluster on this machine: its addresses stay the same from start to start.
struct ClusterRecord: Codable, Sendable {
    struct Datanode: Codable, Sendable {
        var name: String
        var transferPort: UInt16
        var httpPort: UInt16
        var rpcPort: UInt16
    }

    var host: String
    var rpcPort: UInt16
    var httpPort: UInt16
    var datanodes: [Datanode]

    var uri: String { "hdfs://\(host):\(rpcPort)" }
    static let namenode = "namenode"
    var servers: [String] { [Self.namenode] + datanodes.map(\.name) }
}
