import Core
import Synchronization
import Transport
import WireProtocol

/// A datanode of the tests: speaks the transfer protocol over real sockets and misbehaves by script. The nodes behind it in
/// a pipeline are played by itself.
final class FakeDatanode: Sendable {
    /// How one write connection goes wrong.
    enum WriteFault: Sendable {
        case none
        /// Answers the set-up with an error that blames this node.
        case refuse(String)
        /// Closes after the set-up request.
        case closeAtSetUp
        /// Blames node `node` in the acknowledgement of packet `packet`, then closes.
        case failAck(packet: Int, node: Int)
        /// Closes when packet `packet` has come, without acknowledging it.
        case close(packet: Int)
    }

    /// How one read goes wrong.
    enum ReadFault: Sendable {
        case none
        case refuse
        /// Flips a bit of the data under good checksums.
        case corrupt
        /// Closes before the second packet.
        case closeEarly
        /// Says nothing until the other side closes.
        case hang
    }

    struct Seen: Sendable {
        var connections = 0
        var reads = 0
        var writes: [Hadoop_Hdfs_OpWriteBlockProto] = []
        var transfers = 0
        var heartbeats = 0
        var syncs = 0
    }

    private struct State {
        var writeFaults: [WriteFault] = []
        var readFaults: [ReadFault] = []
        var seen = Seen()
        var open: [BlockingSocket] = []
    }

    let descriptor: DatanodeDescriptor
    private let blocks: FakeBlocks
    private let listener: BlockingListener
    private let state = Monitor(State())
    private static let packetBytes = 4096

    init(_ number: Int, blocks: FakeBlocks) throws {
        self.blocks = blocks
        listener = try TestPorts.bind { port throws(HFSError) in try BlockingListener(host: "127.0.0.1", port: port) }
        descriptor = DatanodeDescriptor(
            uuid: "fake\(number)", address: "127.0.0.1", hostName: "localhost", transferPort: listener.port,
            httpPort: 1,
            rpcPort: 2)
        try startThread(name: "fake-datanode") { [self] in
            while let socket = try? listener.accept() {
                state.withLock {
                    $0.seen.connections += 1
                    $0.open.append(socket)
                }
                _ = try? startThread(name: "fake-transfer") { [self] in serve(socket) }
            }
        }
    }

    var location: LocatedBlock.Location {
        LocatedBlock.Location(datanode: descriptor, storageID: "DS-\(descriptor.uuid)", storageKind: .disk)
    }

    var seen: Seen { state.withLock { $0.seen } }

    /// Waits until somebody reads here; false when that takes more than half a minute.
    func isRead() async throws -> Bool {
        try await BlockingWork.run(name: "fake-read") { [state] in
            state.wait(timeoutMs: 30_000) { $0.seen.reads > 0 ? true : nil } ?? false
        }
    }

    /// The faults of the next writes, one each; none after that.
    func script(writes: [WriteFault] = [], reads: [ReadFault] = []) {
        state.withLock {
            $0.writeFaults = writes
            $0.readFaults = reads
        }
    }

    /// No more connections; those open break.
    func stop() {
        listener.shutdown()
        for socket in state.withLock({ $0.open }) { socket.shutdown() }
    }

    private func serve(_ socket: BlockingSocket) {
        let reader = BufferedSocketReader(socket)
        do {
            while try reader.waitForInput() {
                let head = try reader.readBytes(DataTransferOperation.headerBytes)
                let body = try reader.readDelimited()
                switch try DataTransferOperation(header: (head[0], head[1], head[2])) {
                case .writeBlock:
                    try write(MessageCoding.decode(Hadoop_Hdfs_OpWriteBlockProto.self, from: body), socket, reader)
                case .readBlock:
                    try read(MessageCoding.decode(Hadoop_Hdfs_OpReadBlockProto.self, from: body), socket, reader)
                case .transferBlock:
                    state.withLock { $0.seen.transfers += 1 }
                    try answer(.success, socket)
                    return socket.shutdown()
                default: return socket.shutdown()
                }
            }
        } catch {}
        socket.shutdown()
    }

    private func answer(_ status: Hadoop_Hdfs_Status, _ socket: BlockingSocket, badLink: String = "") throws {
        var response = Hadoop_Hdfs_BlockOpResponseProto()
        response.status = status
        response.firstBadLink = badLink
        try socket.writeAll(try Delimited.encode(response))
    }

    // MARK: Writing

    private func write(
        _ operation: Hadoop_Hdfs_OpWriteBlockProto, _ socket: BlockingSocket, _ reader: BufferedSocketReader
    ) throws {
        let fault = state.withLock { state -> WriteFault in
            state.seen.writes.append(operation)
            return state.writeFaults.isEmpty ? .none : state.writeFaults.removeFirst()
        }
        switch fault {
        case .refuse(let link):
            try answer(.error, socket, badLink: link)
            return socket.shutdown()
        case .closeAtSetUp: return socket.shutdown()
        default: try answer(.success, socket)
        }
        let nodes = Int(operation.pipelineSize)
        let block = operation.header.baseHeader.block.blockID
        var count = 0
        while true {
            let (header, data) = try readPacket(reader)
            if header.isHeartbeat {
                state.withLock { $0.seen.heartbeats += 1 }
                try acknowledge(-1, Array(repeating: .success, count: nodes), socket)
                continue
            }
            if case .close(let packet) = fault, packet == count { return socket.shutdown() }
            blocks.write(data, at: Int(header.offsetInBlock), of: block)
            if header.isSync { state.withLock { $0.seen.syncs += 1 } }
            var replies = [TransferStatus](repeating: .success, count: nodes)
            if case .failAck(let packet, let node) = fault, packet == count {
                replies[node] = .error
                try acknowledge(header.sequenceNumber, replies, socket)
                return socket.shutdown()
            }
            try acknowledge(header.sequenceNumber, replies, socket)
            count += 1
            if header.isLastInBlock { return socket.shutdown() }
        }
    }

    private func acknowledge(_ sequence: Int64, _ replies: [TransferStatus], _ socket: BlockingSocket) throws {
        try socket.writeAll(PipelineAck(sequenceNumber: sequence, replies: replies).encodeDelimited())
    }

    private func readPacket(_ reader: BufferedSocketReader) throws -> (PacketHeader, [UInt8]) {
        let prefix = try reader.readBytes(PacketPrefix.byteCount).withUnsafeBytes { try PacketPrefix(decoding: $0) }
        let header = try reader.readBytes(prefix.headerBytes).withUnsafeBytes {
            try PacketHeader(decoding: $0, prefix: prefix)
        }
        let sums = try reader.readBytes(prefix.payloadBytes - header.dataBytes)
        let data = try reader.readBytes(header.dataBytes)
        let isRight = data.withUnsafeBytes { bytes in
            sums.withUnsafeBytes { sums in
                sums.baseAddress.map { CRC32C.firstMismatch(bytes, sums: $0, chunkBytes: 512) == nil } ?? data.isEmpty
            }
        }
        guard isRight else { throw HFSError(.checksumMismatch, "packet \(header.sequenceNumber)") }
        return (header, data)
    }

    // MARK: Reading

    private func read(
        _ operation: Hadoop_Hdfs_OpReadBlockProto, _ socket: BlockingSocket, _ reader: BufferedSocketReader
    ) throws {
        let fault = state.update { state -> ReadFault in
            state.seen.reads += 1
            return state.readFaults.isEmpty ? .none : state.readFaults.removeFirst()
        }
        if case .hang = fault {
            _ = try reader.waitForInput()
            return
        }
        if case .refuse = fault {
            try answer(.error, socket)
            return socket.shutdown()
        }
        let bytes = blocks.bytes(of: operation.header.baseHeader.block.blockID)
        let start = Int(operation.offset) / 512 * 512
        let end = min(bytes.count, (Int(operation.offset + operation.len) + 511) / 512 * 512)
        var response = Hadoop_Hdfs_BlockOpResponseProto()
        response.status = .success
        response.readOpChecksumInfo.checksum.type = .checksumCrc32C
        response.readOpChecksumInfo.checksum.bytesPerChecksum = 512
        response.readOpChecksumInfo.chunkOffset = UInt64(start)
        try socket.writeAll(try Delimited.encode(response))
        var sequence: Int64 = 0
        for offset in stride(from: start, to: end, by: Self.packetBytes) {
            if case .closeEarly = fault, sequence == 1 { return socket.shutdown() }
            var data = Array(bytes[offset..<min(end, offset + Self.packetBytes)])
            var sums = [UInt8](repeating: 0, count: (data.count + 511) / 512 * 4)
            sums.withUnsafeMutableBytes { sums in
                data.withUnsafeBytes { data in
                    if let base = sums.baseAddress { CRC32C.fill(base, for: data, chunkBytes: 512) }
                }
            }
            if case .corrupt = fault { data[data.count / 2] ^= 1 }
            try send(sequence, offset, data, sums, isLast: false, socket)
            sequence += 1
        }
        try send(sequence, end, [], [], isLast: true, socket)
        _ = try reader.readDelimited()
    }

    private func send(
        _ sequence: Int64, _ offset: Int, _ data: [UInt8], _ sums: [UInt8], isLast: Bool, _ socket: BlockingSocket
    ) throws {
        let header = PacketHeader(
            offsetInBlock: Int64(offset), sequenceNumber: sequence, isLastInBlock: isLast, dataBytes: data.count)
        var head = [UInt8](repeating: 0, count: header.byteCount)
        head.withUnsafeMutableBytes { _ = header.encode(checksumBytes: sums.count, into: $0) }
        try socket.writeAll(head + sums + data)
    }
}
