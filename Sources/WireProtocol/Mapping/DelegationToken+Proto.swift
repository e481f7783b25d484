package import Core
internal import FoundationEssentials

extension DelegationToken {
    package init(_ proto: Hadoop_Common_TokenProto) {
        self.init(
            identifier: [UInt8](proto.identifier), password: [UInt8](proto.password), kind: proto.kind,
            service: proto.service)
    }

    package var proto: Hadoop_Common_TokenProto {
        var proto = Hadoop_Common_TokenProto()
        proto.identifier = Data(identifier)
        proto.password = Data(password)
        proto.kind = kind
        proto.service = service
        return proto
    }
}
