internal import Core
internal import WireProtocol

// Between the messages of hfs_datanode.proto and the namenode's values.

extension DatanodeDescriptor {
    /// Errors: `.invalidArgument` for an empty uuid or a port out of range. A node that names no address, or listens on all
    /// of them, is known by the one it called from.
    init(_ proto: Hfs_Datanode_DatanodeIdentity, peerAddress: String) throws(HFSError) {
        func port(_ value: UInt32, _ name: String) throws(HFSError) -> UInt16 {
            guard let port = UInt16(exactly: value) else {
                throw HFSError(.invalidArgument, "Datanode \(proto.uuid): \(name) port \(value) is out of range")
            }
            return port
        }
        guard !proto.uuid.isEmpty, proto.uuid.utf8.count <= Limits.nameBytesMax else {
            throw HFSError(.invalidArgument, "A datanode needs a uuid of 1 to \(Limits.nameBytesMax) bytes")
        }
        let isAnywhere = proto.address.isEmpty || proto.address == "0.0.0.0" || proto.address == "::"
        self.init(
            uuid: proto.uuid, address: isAnywhere ? peerAddress : proto.address,
            hostName: proto.hostName.isEmpty ? peerAddress : proto.hostName,
            transferPort: try port(proto.transferPort, "transfer"), httpPort: try port(proto.httpPort, "HTTP"),
            rpcPort: try port(proto.rpcPort, "RPC"), location: proto.location)
    }

    var registrationProto: Hfs_Datanode_DatanodeIdentity {
        var proto = Hfs_Datanode_DatanodeIdentity()
        proto.uuid = uuid
        proto.address = address
        proto.hostName = hostName
        proto.transferPort = UInt32(transferPort)
        proto.rpcPort = UInt32(rpcPort)
        proto.httpPort = UInt32(httpPort)
        proto.location = location
        return proto
    }
}

extension StorageReport {
    /// Volumes of one datanode that are taken: machines have some dozens.
    private static let countMax = 1024

    /// Errors: `.invalidArgument` for an empty storage id, one named twice, or too many.
    static func all(_ protos: [Hfs_Datanode_StorageState]) throws(HFSError) -> [StorageReport] {
        guard protos.count <= countMax, Set(protos.map(\.storageID)).count == protos.count else {
            throw HFSError(.invalidArgument, "\(protos.count) storages: one is named twice, or more than \(countMax)")
        }
        var reports: [StorageReport] = []
        for proto in protos { reports.append(try StorageReport(proto)) }
        return reports
    }

    /// A kind that is unknown here counts as a disk.
    private init(_ proto: Hfs_Datanode_StorageState) throws(HFSError) {
        guard !proto.storageID.isEmpty, proto.storageID.utf8.count <= Limits.nameBytesMax else {
            throw HFSError(.invalidArgument, "A storage needs an id of 1 to \(Limits.nameBytesMax) bytes")
        }
        self.init(
            storageID: proto.storageID, kind: StorageKind(rawValue: UInt8(clamping: proto.kind)) ?? .disk,
            hasFailed: proto.failed, capacityBytes: proto.capacityBytes, usedBytes: proto.usedBytes,
            remainingBytes: proto.remainingBytes)
    }
}

extension BlockVersion {
    init(_ proto: Hfs_Datanode_BlockRef) {
        self.init(
            id: BlockID(proto.blockID), generationStamp: GenerationStamp(proto.generationStamp), length: proto.length)
    }

    var proto: Hfs_Datanode_BlockRef {
        var proto = Hfs_Datanode_BlockRef()
        proto.blockID = id.rawValue
        proto.generationStamp = generationStamp.rawValue
        proto.length = length
        return proto
    }
}

extension ReportedReplica {
    /// Takes the packed numbers of a bucketContents: block id, generation stamp, length, state.
    /// Errors: `.invalidArgument` when their count is no multiple of four or a state is unknown.
    static func all(_ numbers: [UInt64]) throws(HFSError) -> [ReportedReplica] {
        guard numbers.count.isMultiple(of: 4) else {
            throw HFSError(.invalidArgument, "\(numbers.count) numbers do not make replicas of four each")
        }
        var replicas: [ReportedReplica] = []
        replicas.reserveCapacity(numbers.count / 4)
        for start in stride(from: 0, to: numbers.count, by: 4) {
            guard let state = UInt8(exactly: numbers[start + 3]).flatMap(ReplicaState.init(rawValue:)) else {
                throw HFSError(.invalidArgument, "Unknown replica state \(numbers[start + 3])")
            }
            replicas.append(
                ReportedReplica(
                    block: BlockID(numbers[start]), generationStamp: GenerationStamp(numbers[start + 1]),
                    length: numbers[start + 2], state: state))
        }
        return replicas
    }
}

extension ReplicaChange {
    init(_ proto: Hfs_Datanode_ReplicaChange) {
        let kind: Kind =
            switch proto.kind {
            case .receiving: .receiving
            case .received: .received
            case .deleted: .deleted
            }
        let block = BlockVersion(proto.block)
        self.init(
            kind: kind,
            replica: ReportedReplica(
                block: block.id, generationStamp: block.generationStamp, length: block.length,
                state: kind == .receiving ? .rbw : .finalized),
            storageID: proto.storageID)
    }
}

extension LocatedBlock.Location {
    var targetProto: Hfs_Datanode_StorageTargetRef {
        var proto = Hfs_Datanode_StorageTargetRef()
        proto.datanode = datanode.registrationProto
        proto.storageID = storageID
        proto.kind = UInt32(storageKind.rawValue)
        return proto
    }
}

extension DatanodeCommand {
    var proto: Hfs_Datanode_Command {
        var proto = Hfs_Datanode_Command()
        switch self {
        case .transfer(let block, let targets):
            proto.transfer.block = block.proto
            proto.transfer.targets = targets.map(\.targetProto)
        case .invalidate(let blocks): proto.invalidate.blocks = blocks.map(\.proto)
        case .recover(let block, let recoveryID, let replicas):
            proto.recover.block = block.proto
            proto.recover.recoveryID = recoveryID.rawValue
            proto.recover.replicas = replicas.map(\.targetProto)
        case .sendBuckets(let storageID, let buckets):
            proto.sendBuckets.storageID = storageID
            proto.sendBuckets.buckets = buckets.map { UInt32($0) }
        }
        return proto
    }
}
