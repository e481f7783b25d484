package import Core
internal import FoundationEssentials

extension Hadoop_Common_TokenProto {
    /// Required where a token could stand, and empty: block access is not guarded by tokens, and only readers in a run's name
    /// get one.
    package static let empty: Hadoop_Common_TokenProto = {
        var token = Hadoop_Common_TokenProto()
        token.identifier = Data()
        token.password = Data()
        token.kind = ""
        token.service = ""
        return token
    }()
}

extension LocatedBlock {
    /// Older servers leave out storages; such a replica gets an empty storage id on a disk. Throws `.malformedRequest`.
    package init(_ proto: Hadoop_Hdfs_LocatedBlockProto) throws(HFSError) {
        var locations: [Location] = []
        locations.reserveCapacity(proto.locs.count)
        for (index, node) in proto.locs.enumerated() {
            locations.append(
                Location(
                    datanode: try DatanodeDescriptor(node),
                    storageID: index < proto.storageIds.count ? proto.storageIds[index] : "",
                    storageKind: index < proto.storageTypes.count ? StorageKind(proto.storageTypes[index]) : .disk))
        }
        self.init(
            block: try Block(proto.b), offset: proto.offset, locations: locations, isCorrupt: proto.corrupt,
            token: BlockAccessToken(proto.blockToken))
    }

    /// With every field that a stock client needs to find: length, storages and a token.
    package var proto: Hadoop_Hdfs_LocatedBlockProto {
        var proto = Hadoop_Hdfs_LocatedBlockProto()
        proto.b = block.proto
        proto.offset = offset
        proto.locs = locations.map(\.datanode.proto)
        proto.corrupt = isCorrupt
        proto.blockToken = token?.proto ?? .empty
        proto.isCached = locations.map { _ in false }
        proto.storageTypes = locations.map(\.storageKind.proto)
        proto.storageIds = locations.map(\.storageID)
        return proto
    }
}

extension LocatedBlock.Location {
    /// Throws `.malformedRequest`.
    package init(_ proto: Hfs_Datanode_StorageTargetRef) throws(HFSError) {
        self.init(
            datanode: try DatanodeDescriptor(proto.datanode), storageID: proto.storageID,
            storageKind: StorageKind(rawValue: UInt8(truncatingIfNeeded: proto.kind)) ?? .disk)
    }

    package var targetProto: Hfs_Datanode_StorageTargetRef {
        var proto = Hfs_Datanode_StorageTargetRef()
        proto.datanode = datanode.identityProto
        proto.storageID = storageID
        proto.kind = UInt32(storageKind.rawValue)
        return proto
    }
}
