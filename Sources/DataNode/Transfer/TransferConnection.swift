internal import Core
internal import Logging
internal import Transport
internal import WireProtocol

/// One connection on the transfer port: operation after operation, until the peer leaves or an operation ends it.
final class TransferConnection: Sendable {
    private let socket: BlockingSocket
    private let context: TransferContext
    private let descriptor: DatanodeDescriptor
    private let activity: Monitor<Activity>

    private struct Activity {
        /// Between operations, or before the first: may be closed without harm.
        var isIdle = true
        var isDraining = false
    }

    init(_ socket: BlockingSocket, descriptor: DatanodeDescriptor, context: TransferContext) {
        self.socket = socket
        self.descriptor = descriptor
        self.context = context
        activity = Monitor(Activity())
    }

    /// No new operation begins; one that runs may end. Thread-safe.
    func drain() {
        let isIdle = activity.withLock { activity in
            activity.isDraining = true
            return activity.isIdle
        }
        if isIdle { socket.shutdown() }
    }

    func shutdown() { socket.shutdown() }

    /// The body of the connection's thread.
    func run() {
        defer { socket.close() }
        socket.setTimeouts(readMs: context.timeouts.readMs, writeMs: context.timeouts.writeMs)
        let reader = BufferedSocketReader(socket, capacity: 4096)
        var isFirst = true
        do throws(HFSError) {
            while true {
                let waitMs = isFirst ? context.timeouts.readMs : context.timeouts.keepAliveMs
                guard try reader.waitForInput(timeoutMs: waitMs), begin() else { return }
                isFirst = false
                guard let operation = try readOperation(reader) else { continue }
                guard try run(operation, reader) else { return }
                activity.withLock { $0.isIdle = true }
                guard !activity.withLock({ $0.isDraining }) else { return }
            }
        } catch {
            // A peer that leaves is everyday life; what it asked for wrongly is worth a line.
            context.metrics.transfersFailed.add()
            let level: Logger.Level = error.code == .connectionLost || error.code == .cancelled ? .debug : .info
            context.logger.log(
                level: level, "transfer_ended",
                metadata: [
                    "peer": .string(socket.remoteAddress.map { "\($0.host):\($0.port)" } ?? ""),
                    "error": .string("\(error)"),
                ])
        }
    }

    private func begin() -> Bool {
        activity.withLock { activity in
            activity.isIdle = false
            return !activity.isDraining
        }
    }

    /// The next operation; nil when what came was a reader's closing word about the read before.
    private func readOperation(_ reader: BufferedSocketReader) throws(HFSError) -> DataTransferOperation? {
        let first = try reader.readUInt8()
        if first == UInt8(DataTransferOperation.version >> 8) {
            return try DataTransferOperation(header: (first, try reader.readUInt8(), try reader.readUInt8()))
        }
        // A delimited ClientReadStatus: its length is never 0, the first byte of an operation always is.
        guard first <= 16 else {
            throw HFSError(.versionMismatch, "Data transfer version or handshake not understood, first byte \(first)")
        }
        let status = try MessageCoding.decode(
            Hadoop_Hdfs_ClientReadStatusProto.self, from: try reader.readBytes(Int(first)))
        if status.status == .errorChecksum { context.metrics.checksumErrors.add() }
        return nil
    }

    /// True when another operation may follow on the connection.
    private func run(_ operation: DataTransferOperation, _ reader: BufferedSocketReader) throws(HFSError) -> Bool {
        let message = try reader.readDelimited()
        switch operation {
        case .writeBlock:
            let request = try WriteRequest(try MessageCoding.decode(Hadoop_Hdfs_OpWriteBlockProto.self, from: message))
            socket.setTimeouts(
                readMs: context.timeouts.readMs + context.timeouts.readPerNodeMs * Int64(request.targets.count),
                writeMs: context.timeouts.writeMs)
            try BlockReceiver(request, upstream: socket, reader: reader, context: context).run()
            return false
        case .readBlock:
            let request = try MessageCoding.decode(Hadoop_Hdfs_OpReadBlockProto.self, from: message)
            try read(
                try Block(request.header.baseHeader.block), offset: request.offset, length: request.len,
                sendsChecksums: request.sendChecksums, token: BlockAccessToken(request.header.baseHeader.token))
            return true
        case .copyBlock:
            let request = try MessageCoding.decode(Hadoop_Hdfs_OpCopyBlockProto.self, from: message)
            try read(try Block(request.header.block), offset: 0, length: nil, sendsChecksums: true, token: nil)
            return false
        case .blockChecksum:
            try checksum(try MessageCoding.decode(Hadoop_Hdfs_OpBlockChecksumProto.self, from: message))
            return true
        case .transferBlock:
            try transfer(try MessageCoding.decode(Hadoop_Hdfs_OpTransferBlockProto.self, from: message))
            return true
        case .readMetadata, .replaceBlock, .requestShortCircuit, .releaseShortCircuit, .requestShortCircuitMemory,
            .blockGroupChecksum, .custom:
            throw HFSError(.unsupported, "Data transfer operation \(operation) is not supported")
        }
    }

    // MARK: Operations

    /// Runs an operation's part that the peer must hear about when it fails; then the connection ends.
    private func answeringErrors<Value>(
        _ what: String, _ block: Hadoop_Hdfs_ExtendedBlockProto, _ body: () throws(HFSError) -> Value
    ) throws(HFSError) -> Value {
        do throws(HFSError) { return try body() } catch {
            var response = Hadoop_Hdfs_BlockOpResponseProto()
            response.status = error.code == .checksumMismatch ? .errorChecksum : .error
            // HDFS's words: clients look for the class name in them.
            response.message =
                "\(what) \(block.poolID):blk_\(block.blockID)_\(block.generationStamp) received exception "
                + "\(error.code.javaClass): \(error)"
            try socket.writeAll(try Delimited.encode(response))
            throw error
        }
    }

    /// - Parameter token: of a reader in the name of a run.
    private func read(
        _ block: Block, offset: UInt64, length: UInt64?, sendsChecksums: Bool, token: BlockAccessToken?
    ) throws(HFSError) {
        let (sender, response) = try answeringErrors("opReadBlock", block.proto) {
            () throws(HFSError) -> (BlockSender, [UInt8]) in
            try context.store.checkPool(block)
            let end = offset.addingReportingOverflow(length ?? 0)
            let replica = try context.open(block, end: end.overflow ? 0 : end.partialValue)
            let sender = try BlockSender(
                replica, block: block, offset: offset, length: length ?? replica.length, sendsChecksums: sendsChecksums)
            var response = Hadoop_Hdfs_BlockOpResponseProto()
            response.status = .success
            response.readOpChecksumInfo = sender.checksumInfo
            return (sender, try Delimited.encode(response))
        }
        // Told while the bytes are on their way: so the namenode mostly knows before the reader's next change.
        if let token, sender.end > sender.start { context.reads.add(token, from: socket.remoteAddress?.host ?? "") }
        let scratch = UnsafeMutableRawBufferPointer.allocate(
            byteCount: BlockSender.scratchBytes(sender.format), alignment: 64)
        defer { scratch.deallocate() }
        do throws(HFSError) { try sender.send(response, to: socket, scratch: scratch) } catch {
            // One being written may be cut under a reader by its recovery, which is no damage.
            guard case .volume(let volume) = sender.replica.origin else { throw error }
            if error.code == .checksumMismatch, sender.replica.state == .finalized {
                context.reporter.bad(
                    block.id, sender.replica.generationStamp, length: sender.replica.length,
                    storageID: volume.storageID)
            }
            context.store.noteFailure(error, of: volume)
            throw error
        }
        context.metrics.bytesRead.add(sender.end - sender.start)
        context.metrics.blocksRead.add()
    }

    private func checksum(_ request: Hadoop_Hdfs_OpBlockChecksumProto) throws(HFSError) {
        let answer = try answeringErrors("opBlockChecksum", request.header.block) { () throws(HFSError) -> [UInt8] in
            let block = try Block(request.header.block)
            try context.store.checkPool(block)
            let replica = try context.open(block)
            let checksum = BlockChecksum(replica, requested: block.length)
            var response = Hadoop_Hdfs_BlockOpResponseProto()
            response.status = .success
            response.checksumResponse = try checksum.answer(
                request.hasBlockChecksumOptions ? request.blockChecksumOptions : nil)
            return try Delimited.encode(response)
        }
        try socket.writeAll(answer)
    }

    private func transfer(_ request: Hadoop_Hdfs_OpTransferBlockProto) throws(HFSError) {
        try answeringErrors("opTransferBlock", request.header.baseHeader.block) { () throws(HFSError) in
            let block = try Block(request.header.baseHeader.block)
            try context.store.checkPool(block)
            var targets: [LocatedBlock.Location] = []
            for (index, target) in request.targets.enumerated() {
                targets.append(
                    LocatedBlock.Location(
                        datanode: try DatanodeDescriptor(target),
                        storageID: index < request.targetStorageIds.count ? request.targetStorageIds[index] : "",
                        storageKind: index < request.targetStorageTypes.count
                            ? StorageKind(request.targetStorageTypes[index]) : .disk))
            }
            let transfer = ReplicaTransfer(
                block: block, targets: targets, clientName: request.header.clientName, source: descriptor,
                context: context)
            try transfer.run()
        }
        try socket.writeAll(try BlockReceiver.response(.success))
    }
}
