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
    /// Of the provenance service; nil in the record of a cluster from before there was one.
    var tailerPort: UInt16?
    /// Of its `/health` and `/metrics`; nil for one that was configured before it had them.
    var tailerHTTPPort: UInt16?

    var uri: String { "hdfs://\(host):\(rpcPort)" }
    static let namenode = "namenode"
    static let tailer = "tailer"
}
