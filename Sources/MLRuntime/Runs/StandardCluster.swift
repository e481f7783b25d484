import Core
import FoundationEssentials

/// The cluster that programs connect to that are told of none.
package enum StandardCluster {
    private struct Address: Decodable {
        var host: String
        var rpcPort: UInt16
    }

    private static let recordBytesMax = 1 << 20

    /// `$HFS_URI`, else the cluster of this machine that `hfs cluster start` made, else the standard port here.
    package static var uri: String {
        Environment["HFS_URI"] ?? recorded ?? "hdfs://127.0.0.1:8020"
    }

    /// Where `hfs cluster start` keeps a cluster unless it is told: `$HFS_CLUSTER_DIR`, else `~/.hfs/cluster`.
    package static var directory: String { Environment["HFS_CLUSTER_DIR"] ?? "\(LocalUser.home)/.hfs/cluster" }

    /// The address in the record of the cluster, whether it runs or not; nil when there is none.
    private static var recorded: String? {
        guard let bytes = try? TrialFolder.contents(of: "\(directory)/cluster.json", bytesMax: recordBytesMax),
            let address = try? JSONDecoder().decode(Address.self, from: Data(bytes))
        else { return nil }
        return "hdfs://\(address.host):\(address.rpcPort)"
    }
}
