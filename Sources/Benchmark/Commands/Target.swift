import Core
import Glibc

/// A server under test.
struct Target: Sendable {
    let host: String
    let port: UInt16
    let user: String
    let cpu: ProcessCPU
    /// Connections act in the name of its run.
    var token: DelegationToken?

    /// `address` is `hdfs://host:port` or `host:port`.
    init(address: String, user: String, pids: String) throws(HFSError) {
        let text = address.hasPrefix("hdfs://") ? String(address.dropFirst(7)) : address
        let parts = text.split(separator: ":")
        guard parts.count == 2, let port = UInt16(parts[1]) else {
            throw HFSError(.invalidArgument, "not hdfs://host:port: \(address)")
        }
        host = parts[0] == "localhost" ? "127.0.0.1" : String(parts[0])
        self.port = port
        self.user = user
        cpu = try ProcessCPU(pids)
    }
}
