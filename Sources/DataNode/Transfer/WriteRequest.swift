internal import Core
internal import WireProtocol

/// A WRITE_BLOCK as this node understands it, and what it passes on to the next node.
struct WriteRequest: Sendable {
    typealias Stage = Hadoop_Hdfs_OpWriteBlockProto.BlockConstructionStage

    let block: Block
    /// Empty when the writer is another datanode.
    let clientName: String
    let targets: [DatanodeDescriptor]
    let stage: Stage
    let newStamp: GenerationStamp
    let acknowledgedMin: UInt64
    let sentMax: UInt64
    let format: ChecksumFormat
    private let proto: Hadoop_Hdfs_OpWriteBlockProto

    /// Errors: `.malformedRequest`, `.invalidArgument` for a checksum that this node does not know.
    init(_ proto: Hadoop_Hdfs_OpWriteBlockProto) throws(HFSError) {
        self.proto = proto
        block = try Block(proto.header.baseHeader.block)
        clientName = proto.header.clientName
        var targets: [DatanodeDescriptor] = []
        for target in proto.targets { targets.append(try DatanodeDescriptor(target)) }
        guard targets.count < Limits.replicationMax else {
            throw HFSError(.malformedRequest, "A pipeline of \(targets.count + 1) nodes")
        }
        self.targets = targets
        stage = proto.stage
        newStamp = max(block.generationStamp, GenerationStamp(proto.latestGenerationStamp))
        acknowledgedMin = proto.minBytesRcvd
        sentMax = proto.maxBytesRcvd
        guard let kind = ChecksumFormat.Kind(rawValue: UInt8(clamping: proto.requestedChecksum.type.rawValue)),
            (1...UInt32(ChecksumFormat.chunkBytesMax)).contains(proto.requestedChecksum.bytesPerChecksum)
        else {
            throw HFSError(
                .invalidArgument,
                "Unknown checksum \(proto.requestedChecksum.type) per \(proto.requestedChecksum.bytesPerChecksum) bytes"
            )
        }
        format = ChecksumFormat(kind: kind, chunkBytes: Int(proto.requestedChecksum.bytesPerChecksum))
    }

    var isFromDatanode: Bool { clientName.isEmpty }
    /// A copy of a replica that a client asked another node for.
    var isTransfer: Bool { stage == .transferRbw || stage == .transferFinalized }
    /// A client waits for an answer to the request and to each packet.
    var hasAcks: Bool { !isFromDatanode && !isTransfer }

    /// The operation for the first of `targets`.
    func forwarded() throws(HFSError) -> [UInt8] {
        var next = proto
        next.targets.removeFirst()
        if let type = next.targetStorageTypes.first {
            next.storageType = type
            next.targetStorageTypes.removeFirst()
        }
        if let storageID = next.targetStorageIds.first {
            next.storageID = storageID
            next.targetStorageIds.removeFirst()
        }
        if let pinning = next.targetPinnings.first {
            next.pinning = pinning
            next.targetPinnings.removeFirst()
        }
        return try DataTransferOperation.writeBlock.encode(next)
    }
}
