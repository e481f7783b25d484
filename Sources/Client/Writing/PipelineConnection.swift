import Core
import Transport
import WireProtocol

/// One connection to a pipeline, from its set-up to its end, on a thread of the pool. Acknowledgements are read by a second
/// thread, except for a short block whose every packet is at hand: that one is sent and acknowledged on one thread.
struct PipelineConnection: Sendable {
    let shell: PipelineShell
    let setup: PipelineSetup
    let canceller: SocketCanceller

    /// Packets per turn of the sender.
    private static let batchPackets = 16
    /// How long a sender whose write failed leaves the word to the acknowledgements, which know the node to blame.
    private static let blameWaitMs: Int64 = 1_000

    private enum Turn {
        case send([OutboundPacket])
        case heartbeat
        case end
    }

    private var id: Int { setup.connection }

    func run(token: BlockToken) {
        let socket: BlockingSocket
        let reader: BufferedSocketReader
        do throws(PipelineOpener.Failure) {
            (socket, reader) = try shell.opener.open(setup, token: token, canceller: canceller)
        } catch {
            shell.post(.connectFailed(connection: id, badNode: error.badNode, error.error))
            return
        }
        shell.post(.connected(connection: id))
        do throws(HFSError) {
            try send(socket, reader)
        } catch {
            // A node that closes the connection has often said before why.
            if error.code != .timedOut {
                _ = shell.state.wait(timeoutMs: Self.blameWaitMs) { $0.machine.connection != id ? true : nil }
            }
            shell.post(.broken(connection: id, badNode: nil, error))
        }
    }

    private func send(_ socket: BlockingSocket, _ reader: BufferedSocketReader) throws(HFSError) {
        var hasResponder = false
        while true {
            switch nextTurn() {
            case .end: return
            case .heartbeat:
                if !hasResponder {
                    try startResponder(reader)
                    hasResponder = true
                }
                try sendHeartbeat(socket)
            case .send(let packets):
                let isWholeBlock = packets.first?.sequence == 0 && packets.last?.isLast == true && !hasResponder
                if !isWholeBlock, !hasResponder {
                    try startResponder(reader)
                    hasResponder = true
                }
                for (index, packet) in packets.enumerated() {
                    try write(packet, to: socket, more: index + 1 < packets.count)
                }
                if isWholeBlock {
                    receive(reader)
                    return
                }
            }
        }
    }

    private func nextTurn() -> Turn {
        let turn = shell.state.wait(timeoutMs: shell.heartbeatIntervalMs) { state -> Turn? in
            guard state.machine.connection == id else { return .end }
            let packets = state.machine.takePackets(max: Self.batchPackets, connection: id)
            return packets.isEmpty ? nil : .send(packets)
        }
        return turn ?? .heartbeat
    }

    private func startResponder(_ reader: BufferedSocketReader) throws(HFSError) {
        let box = ResponderReader(reader)
        do throws(HFSError) { try shell.threads.pool.submit { receive(box.reader) } } catch {
            // Want of threads here is no datanode's fault: none is taken out of the pipeline for it.
            shell.post(.refused(error))
            throw error
        }
    }

    /// Reads acknowledgements until the connection ends.
    private func receive(_ reader: BufferedSocketReader) {
        do throws(HFSError) {
            while shell.state.withLock({ $0.machine.connection == id }) {
                let ack = try PipelineAck(decoding: try reader.readDelimited())
                shell.post(
                    .acknowledged(connection: id, sequence: ack.sequenceNumber, firstBad: ack.firstBadNode))
            }
        } catch {
            shell.post(.broken(connection: id, badNode: nil, error))
        }
    }

    private func write(_ packet: OutboundPacket, to socket: BlockingSocket, more: Bool) throws(HFSError) {
        let header = PacketHeader(
            offsetInBlock: Int64(packet.offsetInBlock), sequenceNumber: packet.sequence, isLastInBlock: packet.isLast,
            dataBytes: packet.dataCount, isSync: packet.isSync)
        let outcome: Result<Void, HFSError> = withUnsafeTemporaryAllocation(
            byteCount: PacketHeader.byteCountMax, alignment: 8
        ) { memory in
            let count = header.encode(checksumBytes: packet.checksums.count, into: memory)
            do throws(HFSError) {
                return .success(
                    try socket.writeAll(
                        UnsafeRawBufferPointer(rebasing: memory[..<count]), packet.checksums, packet.data, more: more))
            } catch {
                return .failure(error)
            }
        }
        try outcome.get()
    }

    private func sendHeartbeat(_ socket: BlockingSocket) throws(HFSError) {
        let header = PacketHeader.heartbeat
        var bytes = [UInt8](repeating: 0, count: header.byteCount)
        bytes.withUnsafeMutableBytes { _ = header.encode(checksumBytes: 0, into: $0) }
        try socket.writeAll(bytes)
    }
}

/// Carries a reader to the thread that uses it from then on.
///
/// `@unchecked Sendable`: the sending thread has read the set-up's answer with it and does not touch it again.
private final class ResponderReader: @unchecked Sendable {
    let reader: BufferedSocketReader

    init(_ reader: BufferedSocketReader) { self.reader = reader }
}
