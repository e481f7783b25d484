package import Core

extension AclEntry {
    package init(_ proto: Hadoop_Hdfs_AclEntryProto) {
        let kind: Kind =
            switch proto.type {
            case .user: .user
            case .group: .group
            case .mask: .mask
            case .other: .other
            }
        self.init(
            kind: kind, scope: proto.scope == .access ? .access : .default,
            permissions: AccessMode(proto.permissions), name: proto.name.isEmpty ? nil : proto.name)
    }

    package var proto: Hadoop_Hdfs_AclEntryProto {
        var proto = Hadoop_Hdfs_AclEntryProto()
        proto.type =
            switch kind {
            case .user: .user
            case .group: .group
            case .mask: .mask
            case .other: .other
            }
        proto.scope = scope == .access ? .access : .default
        proto.permissions = permissions.proto
        if let name { proto.name = name }
        return proto
    }
}

extension AccessMode {
    /// HDFS numbers its actions as the bits of the mode.
    package init(_ proto: Hadoop_Hdfs_AclEntryProto.FsActionProto) {
        self.init(rawValue: UInt8(truncatingIfNeeded: proto.rawValue))
    }

    package var proto: Hadoop_Hdfs_AclEntryProto.FsActionProto {
        Hadoop_Hdfs_AclEntryProto.FsActionProto(rawValue: Int(rawValue)) ?? .none
    }
}
