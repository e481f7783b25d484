import Core
import WireProtocol

/// HDFS's block storage policies. Data goes to disks whatever the policy; the names are kept for clients that list them.
enum StoragePolicies {
    static let hot: UInt32 = 7

    struct Policy: Sendable {
        var id: UInt32
        var name: String
        var creation: [StorageKind]
        var creationFallback: [StorageKind]
        var replicationFallback: [StorageKind]
    }

    static let all: [Policy] = [
        Policy(
            id: 15, name: "LAZY_PERSIST", creation: [.ramDisk, .disk], creationFallback: [.disk],
            replicationFallback: [.disk]),
        Policy(id: 12, name: "ALL_SSD", creation: [.ssd], creationFallback: [.disk], replicationFallback: [.disk]),
        Policy(
            id: 10, name: "ONE_SSD", creation: [.ssd, .disk], creationFallback: [.ssd, .disk],
            replicationFallback: [.ssd, .disk]),
        Policy(id: 7, name: "HOT", creation: [.disk], creationFallback: [], replicationFallback: [.archive]),
        Policy(
            id: 5, name: "WARM", creation: [.disk, .archive], creationFallback: [.disk, .archive],
            replicationFallback: [.disk, .archive]),
        Policy(id: 2, name: "COLD", creation: [.archive], creationFallback: [], replicationFallback: []),
    ]

    static func proto(_ policy: Policy) -> Hadoop_Hdfs_BlockStoragePolicyProto {
        func types(_ kinds: [StorageKind]) -> Hadoop_Hdfs_StorageTypesProto {
            var message = Hadoop_Hdfs_StorageTypesProto()
            message.storageTypes = kinds.map(\.proto)
            return message
        }
        var message = Hadoop_Hdfs_BlockStoragePolicyProto()
        message.policyID = policy.id
        message.name = policy.name
        message.creationPolicy = types(policy.creation)
        message.creationFallbackPolicy = types(policy.creationFallback)
        message.replicationFallbackPolicy = types(policy.replicationFallback)
        return message
    }
}
