internal import Core
internal import Logging
internal import Transport
internal import WireProtocol

/// One WRITE_BLOCK: takes packets from a client or datanode, passes each on to the next node while writing it, and answers.
///
/// Runs on the connection's thread; with a next node a second thread passes the answers up (`AckForwarder`).
struct BlockReceiver {
    private let session: WriteSession
    private let reader: BufferedSocketReader
    private var request: WriteRequest { session.request }
    private var upstream: BlockingSocket { session.upstream }
    private var context: TransferContext { session.context }
    private var block: BlockID { session.request.block.id }

    init(_ request: WriteRequest, upstream: BlockingSocket, reader: BufferedSocketReader, context: TransferContext) {
        session = WriteSession(request, upstream: upstream, context: context)
        self.reader = reader
    }

    /// Does the whole operation. The connection is of no further use afterwards.
    func run() throws(HFSError) {
        try context.store.checkPool(request.block)
        if request.stage == .pipelineCloseRecovery { return try closeRecovered() }
        let replica = try openReplica()
        defer { context.store.release(block, session) }
        var isSetUp = false
        do throws(HFSError) {
            let link = try connectMirror()
            defer { link?.socket.shutdown() }
            if request.hasAcks { try upstream.writeAll(try Self.response(.success)) }
            isSetUp = true
            if request.hasAcks {
                context.reporter.receiving(block, replica.progress.generationStamp, storageID: replica.volume.storageID)
            }
            try receive(replica, link)
        } catch {
            let isLost = error.code == .noSpace || (!isSetUp && request.stage == .pipelineSetupCreate)
            context.store.noteFailure(error, of: replica.volume)
            context.store.abandon(replica, keepsUnacknowledged: !isLost)
            throw error
        }
    }

    private func openReplica() throws(HFSError) -> OpenReplica {
        let store = context.store
        let stamp = request.block.generationStamp
        switch request.stage {
        case .pipelineSetupCreate, .transferRbw, .transferFinalized:
            return try store.create(
                block, stamp, expectedBytes: request.block.length,
                isTemporary: request.isFromDatanode || request.isTransfer,
                format: request.format, owner: session)
        case .pipelineSetupStreamingRecovery:
            guard request.acknowledgedMin <= request.sentMax else {
                throw HFSError(.malformedRequest, "More bytes acknowledged than sent")
            }
            return try store.recoverForStreaming(
                block, stamp, newStamp: request.newStamp, lengths: request.acknowledgedMin...request.sentMax,
                owner: session)
        case .pipelineSetupAppend, .pipelineSetupAppendRecovery:
            // The namenode has appends begin a new block: a finalized replica never changes again.
            throw HFSError(
                .unsupported, "Replicas are not opened again for append, appended data begins a new block",
                subject: "\(request.block)")
        case .dataStreaming, .pipelineClose, .pipelineCloseRecovery:
            throw HFSError(.malformedRequest, "Stage \(request.stage) does not begin a write")
        }
    }

    // MARK: The next node

    private struct Link {
        var socket: BlockingSocket
        var reader: BufferedSocketReader
    }

    /// Connects to the first target and waits for its answer; nil for the last node of the pipeline.
    private func connectMirror() throws(HFSError) -> Link? {
        guard let target = request.targets.first else { return nil }
        let address = target.transferAddress
        do throws(HFSError) {
            let socket = try BlockingSocket.connect(
                host: target.address, port: target.transferPort, timeoutMs: context.timeouts.connectMs,
                onSocket: { session.setMirror($0) })
            socket.setTimeouts(
                readMs: context.timeouts.readMs + context.timeouts.readPerNodeMs * Int64(request.targets.count),
                writeMs: context.timeouts.writeMs)
            try socket.writeAll(try request.forwarded())
            let link = Link(socket: socket, reader: BufferedSocketReader(socket, capacity: 4096))
            guard request.hasAcks else { return link }
            let answer = try MessageCoding.decode(
                Hadoop_Hdfs_BlockOpResponseProto.self, from: try link.reader.readDelimited())
            guard answer.status == .success else {
                let bad = answer.firstBadLink.isEmpty ? address : answer.firstBadLink
                try upstream.writeAll(try Self.response(.error, firstBadLink: bad))
                throw HFSError(.remote, "A node further down the pipeline failed", subject: bad)
            }
            return link
        } catch  where error.code != .remote {
            if request.isFromDatanode {
                // A replication's own copy is worth having, whatever becomes of the next.
                context.logger.info(
                    "mirror_skipped", metadata: ["target": .string(address), "error": .string("\(error)")])
                return nil
            }
            if request.hasAcks { try upstream.writeAll(try Self.response(.error, firstBadLink: address)) }
            throw HFSError(.remote, "The next node of the pipeline cannot be used", subject: address, cause: "\(error)")
        }
    }

    static func response(_ status: Hadoop_Hdfs_Status, firstBadLink: String = "") throws(HFSError) -> [UInt8] {
        var response = Hadoop_Hdfs_BlockOpResponseProto()
        response.status = status
        response.firstBadLink = firstBadLink
        return try Delimited.encode(response)
    }

    // MARK: Packets

    private func receive(_ replica: OpenReplica, _ link: Link?) throws(HFSError) {
        guard let link, request.hasAcks else { return try receivePackets(replica, link?.socket, nil, link?.reader) }
        let forwarder = AckForwarder(
            upstream: upstream, mirror: link.socket, replica: replica, logger: context.logger
        ) { [session] () throws(HFSError) in try session.finish(replica) }
        // The reader moves to the forwarder's thread; this thread only writes to the mirror.
        let handover = ReaderHandover(link.reader)
        try context.pool.submit { forwarder.run(handover.reader) }
        let result: Result<Void, HFSError>
        do throws(HFSError) { result = .success(try receivePackets(replica, link.socket, forwarder, nil)) } catch {
            result = .failure(error)
            // This node is the one that failed: the answers still queued would blame the next.
            upstream.shutdown()
            link.socket.shutdown()
        }
        forwarder.close()
        forwarder.waitUntilFinished()
        try result.get()
    }

    private func receivePackets(
        _ replica: OpenReplica, _ mirrorSocket: BlockingSocket?, _ forwarder: AckForwarder?,
        _ mirrorReader: BufferedSocketReader?
    ) throws(HFSError) {
        let packet = PacketBuffer()
        var mirrorSocket = mirrorSocket
        // The last node compares; the others would only repeat its work. Copies and recovered pipelines: every node.
        let isVerified = mirrorSocket == nil || request.isFromDatanode || request.stage != .pipelineSetupCreate
        while true {
            try packet.receive(reader, format: replica.format)
            let header = packet.header
            if let socket = mirrorSocket {
                do throws(HFSError) { try socket.writeAll(packet.bytes) } catch {
                    // The forwarder answers with an error for the next node; a copy goes on without it.
                    mirrorSocket = nil
                    if forwarder == nil, !request.isFromDatanode { throw error }
                    socket.shutdown()
                }
            }
            var status = TransferStatus.success
            if !header.isHeartbeat { status = try write(packet, replica, isVerified: isVerified) }
            if header.isLastInBlock { session.setLastSynced(header.isSync) }
            let end = header.isHeartbeat ? 0 : UInt64(header.offsetInBlock) + UInt64(header.dataBytes)
            if let forwarder {
                let pending = AckForwarder.Pending(
                    sequenceNumber: header.sequenceNumber, end: end, isLast: header.isLastInBlock, status: status)
                guard forwarder.add(pending) else { throw HFSError(.connectionLost, "The pipeline's answers stopped") }
                if header.isLastInBlock || status != .success { return }
            } else if request.hasAcks {
                if status == .success, end > 0 { replica.acknowledge(end) }
                if header.isLastInBlock, status == .success { try session.finish(replica) }
                try upstream.writeAll(
                    PipelineAck(sequenceNumber: header.sequenceNumber, replies: [status]).encodeDelimited())
                if header.isLastInBlock { return }
                guard status == .success else { throw mismatch }
            } else {
                guard status == .success else { throw mismatch }
                guard header.isLastInBlock else { continue }
                if request.stage == .transferRbw {
                    try context.store.convertToRBW(replica)
                } else {
                    try session.finish(replica)
                }
                return try answerTransfer(mirrorReader)
            }
        }
    }

    private var mismatch: HFSError {
        HFSError(.checksumMismatch, "A packet did not match its checksums", subject: "\(request.block)")
    }

    private func write(_ packet: PacketBuffer, _ replica: OpenReplica, isVerified: Bool) throws(HFSError)
        -> TransferStatus
    {
        let header = packet.header
        do throws(HFSError) {
            if header.dataBytes > 0 {
                try replica.write(
                    packet.data, at: UInt64(header.offsetInBlock), sums: packet.sums, isVerified: isVerified)
                context.metrics.bytesWritten.add(UInt64(header.dataBytes))
            }
            // The last packet's sync is done by finalize, together with the name's.
            if header.isSync, !header.isLastInBlock { try context.store.sync(replica) }
            if header.isLastInBlock, UInt64(header.offsetInBlock) != replica.progress.written {
                throw HFSError(
                    .invalidArgument,
                    "The block ends at \(header.offsetInBlock), but has \(replica.progress.written) bytes",
                    subject: "\(request.block)")
            }
            return .success
        } catch  where error.code == .checksumMismatch {
            context.metrics.checksumErrors.add()
            context.logger.warning(
                "packet_corrupt", metadata: ["block": .stringConvertible(request.block), "error": .string("\(error)")])
            return .errorChecksum
        }
    }

    /// A copy that a client asked for is answered when it is complete here and further down.
    private func answerTransfer(_ mirrorReader: BufferedSocketReader?) throws(HFSError) {
        guard !request.isFromDatanode else { return }
        if let mirrorReader {
            let answer = try MessageCoding.decode(
                Hadoop_Hdfs_BlockOpResponseProto.self, from: try mirrorReader.readDelimited())
            guard answer.status == .success else {
                throw HFSError(.remote, "The copy further down the pipeline failed", cause: answer.message)
            }
        }
        try upstream.writeAll(try Self.response(.success))
    }

    /// Stage PIPELINE_CLOSE_RECOVERY: all bytes are here, only the end was lost. No packets follow.
    private func closeRecovered() throws(HFSError) {
        let record = try context.store.recoverForClose(
            block, request.block.generationStamp, newStamp: request.newStamp, length: request.acknowledgedMin)
        let link = try connectMirror()
        defer { link?.socket.shutdown() }
        context.reporter.received(
            block, record.generationStamp, length: record.length, storageID: context.store.volume(record).storageID)
        try upstream.writeAll(try Self.response(.success))
    }
}
