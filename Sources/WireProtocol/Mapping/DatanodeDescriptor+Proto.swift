package import Core

extension DatanodeDescriptor {
    /// The location when a message leaves it out.
    package static let defaultLocation = "/default-rack"

    /// Throws `.malformedRequest` for a port above 65,535.
    package init(
        _ proto: Hadoop_Hdfs_DatanodeIDProto, location: String = DatanodeDescriptor.defaultLocation
    ) throws(HFSError) {
        self.init(
            uuid: proto.datanodeUuid, address: proto.ipAddr, hostName: proto.hostName,
            transferPort: try Self.port(proto.xferPort), httpPort: try Self.port(proto.infoPort),
            rpcPort: try Self.port(proto.ipcPort), location: location)
    }

    /// Throws `.malformedRequest` for a port above 65,535.
    package init(_ proto: Hadoop_Hdfs_DatanodeInfoProto) throws(HFSError) {
        try self.init(proto.id, location: proto.location.isEmpty ? Self.defaultLocation : proto.location)
    }

    /// Throws `.malformedRequest` for a port above 65,535.
    package init(_ proto: Hfs_Datanode_DatanodeIdentity) throws(HFSError) {
        self.init(
            uuid: proto.uuid, address: proto.address, hostName: proto.hostName,
            transferPort: try Self.port(proto.transferPort), httpPort: try Self.port(proto.httpPort),
            rpcPort: try Self.port(proto.rpcPort), location: proto.location)
    }

    package static func port(_ value: UInt32) throws(HFSError) -> UInt16 {
        guard let port = UInt16(exactly: value) else { throw WireReader.malformed("port \(value)") }
        return port
    }

    package var idProto: Hadoop_Hdfs_DatanodeIDProto {
        var proto = Hadoop_Hdfs_DatanodeIDProto()
        proto.ipAddr = address
        proto.hostName = hostName
        proto.datanodeUuid = uuid
        proto.xferPort = UInt32(transferPort)
        proto.infoPort = UInt32(httpPort)
        proto.ipcPort = UInt32(rpcPort)
        return proto
    }

    /// Identity and location; callers that report a node's state add it.
    package var proto: Hadoop_Hdfs_DatanodeInfoProto {
        var proto = Hadoop_Hdfs_DatanodeInfoProto()
        proto.id = idProto
        proto.location = location
        proto.adminState = .normal
        return proto
    }

    package var identityProto: Hfs_Datanode_DatanodeIdentity {
        var proto = Hfs_Datanode_DatanodeIdentity()
        proto.uuid = uuid
        proto.address = address
        proto.hostName = hostName
        proto.transferPort = UInt32(transferPort)
        proto.httpPort = UInt32(httpPort)
        proto.rpcPort = UInt32(rpcPort)
        proto.location = location
        return proto
    }
}
