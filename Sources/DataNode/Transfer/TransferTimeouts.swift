/// How long a data transfer waits for its peers: HDFS's figures.
struct TransferTimeouts: Sendable {
    /// For a byte from a peer; clients send a heartbeat packet each 30 s (`dfs.client.socket-timeout`).
    var readMs: Int64 = 60_000
    /// More for each node further down the pipeline, so that the node next to a failure notices first.
    var readPerNodeMs: Int64 = 5_000
    /// For room in a peer's buffers (`dfs.datanode.socket.write.timeout`).
    var writeMs: Int64 = 480_000
    var connectMs: Int64 = 10_000
    /// For the next operation on a connection (`dfs.datanode.socket.reuse.keepalive`).
    var keepAliveMs: Int64 = 4_000
}
