internal import Core
internal import Logging
internal import Transport
internal import WireProtocol

/// Copies a replica of this node to others: re-replication, and the new node of a pipeline under recovery. A block that the
/// namenode keeps is fetched from it, and this node may be one of those that get a replica.
struct ReplicaTransfer {
    let block: Block
    let targets: [LocatedBlock.Location]
    /// Empty for re-replication, which nobody waits for.
    let clientName: String
    let source: DatanodeDescriptor
    let context: TransferContext

    private static let packetBytes = 64 << 10

    /// Blocks until the copy has been sent, and for a client until the target has it.
    ///
    /// The bytes are compared with their checksums on the way: a mismatch is reported as a bad replica and ends the copy.
    /// Errors: `.replicaNotFound`, `.checksumMismatch`, `.invalidArgument` without targets, the connection's errors.
    func run() throws(HFSError) {
        guard let target = targets.first else { throw HFSError(.invalidArgument, "A transfer needs a target") }
        let replica = try context.open(block)
        let length = replica.visibleLength
        let socket = try BlockingSocket.connect(
            host: target.datanode.address, port: target.datanode.transferPort, timeoutMs: context.timeouts.connectMs)
        socket.setTimeouts(
            readMs: context.timeouts.readMs + context.timeouts.readPerNodeMs * Int64(targets.count),
            writeMs: context.timeouts.writeMs)
        do throws(HFSError) {
            try socket.writeAll(try DataTransferOperation.writeBlock.encode(operation(replica, length)), more: true)
            try sendPackets(replica, length, socket)
        } catch  where error.code == .checksumMismatch && replica.state == .finalized {
            if case .volume(let volume) = replica.origin {
                context.reporter.bad(
                    block.id, replica.generationStamp, length: replica.length, storageID: volume.storageID)
            }
            context.metrics.checksumErrors.add()
            throw error
        }
        context.metrics.blocksReplicated.add()
        guard !clientName.isEmpty else { return }
        let reader = BufferedSocketReader(socket, capacity: 256)
        let answer = try MessageCoding.decode(Hadoop_Hdfs_DNTransferAckProto.self, from: try reader.readDelimited())
        guard answer.status == .success else {
            throw HFSError(.remote, "The copy to \(target.datanode.transferAddress) failed", cause: "\(answer.status)")
        }
    }

    private func operation(_ replica: BlockStore.Readable, _ length: UInt64) -> Hadoop_Hdfs_OpWriteBlockProto {
        var operation = Hadoop_Hdfs_OpWriteBlockProto()
        var sent = block
        sent.generationStamp = replica.generationStamp
        sent.length = length
        operation.header.baseHeader.block = sent.proto
        operation.header.clientName = clientName
        operation.targets = targets.dropFirst().map { $0.datanode.proto }
        operation.source = source.proto
        operation.stage =
            clientName.isEmpty ? .pipelineSetupCreate : replica.state == .finalized ? .transferFinalized : .transferRbw
        operation.pipelineSize = 0
        operation.minBytesRcvd = 0
        operation.maxBytesRcvd = 0
        operation.latestGenerationStamp = 0
        operation.requestedChecksum.type =
            Hadoop_Hdfs_ChecksumTypeProto(rawValue: Int(replica.format.kind.rawValue)) ?? .checksumNull
        operation.requestedChecksum.bytesPerChecksum = UInt32(replica.format.chunkBytes)
        if let first = targets.first {
            operation.storageID = first.storageID
            operation.storageType = first.storageKind.proto
        }
        operation.targetStorageIds = targets.dropFirst().map(\.storageID)
        operation.targetStorageTypes = targets.dropFirst().map(\.storageKind.proto)
        return operation
    }

    private func sendPackets(_ replica: BlockStore.Readable, _ length: UInt64, _ socket: BlockingSocket)
        throws(HFSError)
    {
        let format = replica.format
        let step = UInt64(max(Self.packetBytes / format.chunkBytes, 1) * format.chunkBytes)
        let chunks = ChunkReader(replica)
        // Who gets these bytes makes up for the namenode's, which go once enough have them: they must be on a disk.
        var isSync = false
        if case .namenode = replica.origin { isSync = true }
        var position: UInt64 = 0
        var sequenceNumber: Int64 = 0
        var isLast = false
        while !isLast {
            let end = min(position + step, length)
            isLast = position == end
            let data = isLast ? [] : try chunks.read(from: position, to: end)
            let sums = Self.sums(of: data, format)
            let header = PacketHeader(
                offsetInBlock: Int64(position), sequenceNumber: sequenceNumber, isLastInBlock: isLast,
                dataBytes: data.count, isSync: isLast && isSync)
            var head = [UInt8](repeating: 0, count: header.byteCount)
            head.withUnsafeMutableBytes { _ = header.encode(checksumBytes: sums.count, into: $0) }
            try socket.writeAll(head + sums, more: !data.isEmpty)
            try socket.writeAll(data, more: !isLast)
            position = end
            sequenceNumber += 1
        }
    }

    /// The bytes were compared with the stored checksums just now, so making them anew hides nothing.
    private static func sums(of data: [UInt8], _ format: ChecksumFormat) -> [UInt8] {
        guard format.kind != .none else { return [] }
        var sums: [UInt8] = []
        data.withUnsafeBytes { buffer in
            for start in stride(from: 0, to: buffer.count, by: format.chunkBytes) {
                let chunk = buffer[start..<min(start + format.chunkBytes, buffer.count)]
                sums += ChecksumFormat.bytes(format.checksum(UnsafeRawBufferPointer(rebasing: chunk)))
            }
        }
        return sums
    }
}
