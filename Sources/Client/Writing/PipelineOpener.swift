import Core
import Transport
import WireProtocol

/// Opens pipelines and copies replicas: the blocking part of what a `PipelineMachine` asks for.
struct PipelineOpener: Sendable {
    var dialer: DatanodeDialer
    var clientName: String
    /// Bytes; named in the set-up of a new block as Java's client does.
    var blockSize: UInt64

    /// Why a pipeline could not be opened, and by which node if that is known.
    struct Failure: Error {
        var badNode: Int?
        var error: HFSError
    }

    /// Connects to the first node and waits until all are ready.
    func open(
        _ setup: PipelineSetup, token: BlockToken, canceller: SocketCanceller
    ) throws(Failure) -> (BlockingSocket, BufferedSocketReader) {
        guard let first = setup.locations.first else {
            throw Failure(badNode: nil, error: HFSError(.noDatanodes, "A pipeline without datanodes"))
        }
        let response: Hadoop_Hdfs_BlockOpResponseProto
        let socket: BlockingSocket
        let reader: BufferedSocketReader
        do throws(HFSError) {
            socket = try dialer.dial(first.datanode, nodes: setup.locations.count, canceller: canceller)
            reader = BufferedSocketReader(socket, capacity: 512)
            try socket.writeAll(try DataTransferOperation.writeBlock.encode(message(setup, token)))
            response = try reader.readResponse()
        } catch {
            throw Failure(badNode: 0, error: error)
        }
        do throws(HFSError) {
            try response.checkSuccess("open a pipeline for \(setup.block)", first.datanode)
        } catch {
            let bad = response.firstBadLink
            let index = bad.isEmpty ? 0 : setup.locations.firstIndex { bad.hasSuffix($0.datanode.transferAddress) } ?? 0
            throw Failure(badNode: index, error: error)
        }
        return (socket, reader)
    }

    /// Has `source` copy what it holds of the block to `target`; returns when that is done.
    func transfer(
        _ block: Block, from source: LocatedBlock.Location, to target: LocatedBlock.Location, token: BlockToken,
        canceller: SocketCanceller
    ) throws(HFSError) {
        let socket = try dialer.dial(source.datanode, nodes: 2, canceller: canceller)
        var request = Hadoop_Hdfs_OpTransferBlockProto()
        request.header = token.header(block, clientName: clientName)
        request.targets = [target.datanode.proto]
        request.targetStorageTypes = [target.storageKind.proto]
        request.targetStorageIds = [target.storageID]
        try socket.writeAll(try DataTransferOperation.transferBlock.encode(request))
        let response = try BufferedSocketReader(socket, capacity: 512).readResponse()
        try response.checkSuccess("copy \(block) to \(target.datanode.transferAddress)", source.datanode)
    }

    private func message(_ setup: PipelineSetup, _ token: BlockToken) -> Hadoop_Hdfs_OpWriteBlockProto {
        var request = Hadoop_Hdfs_OpWriteBlockProto()
        var block = setup.block
        if setup.stage == .create { block.length = blockSize }
        request.header = token.header(block, clientName: clientName)
        let behind = setup.locations.dropFirst()
        request.targets = behind.map(\.datanode.proto)
        request.stage =
            switch setup.stage {
            case .create: .pipelineSetupCreate
            case .streamingRecovery: .pipelineSetupStreamingRecovery
            case .closeRecovery: .pipelineCloseRecovery
            }
        request.pipelineSize = UInt32(setup.locations.count)
        request.minBytesRcvd = setup.acknowledgedBytes
        request.maxBytesRcvd = setup.sentBytes
        request.latestGenerationStamp = setup.latestStamp.rawValue
        request.requestedChecksum.type = .checksumCrc32C
        request.requestedChecksum.bytesPerChecksum = UInt32(Limits.checksumChunkBytes)
        if let first = setup.locations.first {
            request.storageType = first.storageKind.proto
            request.storageID = first.storageID
        }
        request.targetStorageTypes = behind.map(\.storageKind.proto)
        request.targetStorageIds = behind.map(\.storageID)
        request.targetPinnings = behind.map { _ in false }
        return request
    }
}
