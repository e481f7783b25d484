package import Core
internal import FoundationEssentials

extension ExtendedAttribute {
    package init(_ proto: Hadoop_Hdfs_XAttrProto) {
        let namespace: Namespace =
            switch proto.namespace {
            case .user: .user
            case .trusted: .trusted
            case .security: .security
            case .system: .system
            case .raw: .raw
            }
        self.init(namespace: namespace, name: proto.name, value: [UInt8](proto.value))
    }

    package var proto: Hadoop_Hdfs_XAttrProto {
        var proto = Hadoop_Hdfs_XAttrProto()
        proto.namespace =
            switch namespace {
            case .user: .user
            case .trusted: .trusted
            case .security: .security
            case .system: .system
            case .raw: .raw
            }
        proto.name = name
        proto.value = Data(value)
        return proto
    }
}
