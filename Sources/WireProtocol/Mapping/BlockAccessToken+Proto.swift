package import Core
internal import FoundationEssentials

extension BlockAccessToken {
    /// nil for the empty one of clusters without block tokens, and for what is none.
    package init?(_ proto: Hadoop_Common_TokenProto) {
        guard proto.kind == Self.kind, !proto.identifier.isEmpty else { return nil }
        self.init(identifier: [UInt8](proto.identifier), password: [UInt8](proto.password))
    }

    package init(_ proto: Hfs_Datanode_ReadToken) {
        self.init(identifier: [UInt8](proto.identifier), password: [UInt8](proto.password))
    }

    package init(_ proto: Hfs_Filesystem_ShownToken) {
        self.init(identifier: [UInt8](proto.identifier), password: [UInt8](proto.password))
    }

    package var proto: Hadoop_Common_TokenProto {
        var proto = Hadoop_Common_TokenProto.empty
        proto.identifier = Data(identifier)
        proto.password = Data(password)
        proto.kind = Self.kind
        return proto
    }

    package var readProto: Hfs_Datanode_ReadToken {
        var proto = Hfs_Datanode_ReadToken()
        proto.identifier = Data(identifier)
        proto.password = Data(password)
        return proto
    }

    package var shownProto: Hfs_Filesystem_ShownToken {
        var proto = Hfs_Filesystem_ShownToken()
        proto.identifier = Data(identifier)
        proto.password = Data(password)
        return proto
    }
}
