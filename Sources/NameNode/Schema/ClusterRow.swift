import Core
import MetaStore

/// `system`, key `cluster`: which cluster this namespace is. Written once, with the root directory.
struct ClusterRow: Hashable, Sendable {
    var clusterID: String
    /// The block pool: clients send it in every block (HDFS's `BP-...`).
    var poolID: String

    static let key = Keys.system("cluster")

    init(clusterID: String, poolID: String) {
        self.clusterID = clusterID
        self.poolID = poolID
    }

    /// A new cluster's names, by HDFS's pattern.
    static func new(nowMs: Int64) -> ClusterRow {
        func random() -> String { String(UInt64.random(in: .min ... .max), radix: 16) }
        return ClusterRow(
            clusterID: "CID-\(random())\(random())", poolID: "BP-\(UInt32.random(in: 1...0x7fff_ffff))-127.0.0.1-\(nowMs)")
    }

    init(image: [UInt8]) throws(HFSError) {
        var reader = try RowReader(image, table: "cluster", newest: 1)
        clusterID = try reader.string()
        poolID = try reader.string()
    }

    var image: [UInt8] {
        var writer = RowWriter(version: 1)
        writer.string(clusterID)
        writer.string(poolID)
        return writer.bytes
    }
}
