internal import Core
internal import DequeModule
internal import Logging
internal import Transport
internal import WireProtocol

/// Sends this node's answers to packets up the pipeline, in order, each after the node below has answered too.
///
/// The receiving thread queues what it has written; the forwarder's own thread waits for the node below, makes the bytes
/// visible to readers, finalizes after the last packet, and answers. It ends after the last packet, or when a socket breaks.
final class AckForwarder: Sendable {
    struct Pending: Sendable {
        var sequenceNumber: Int64
        /// Bytes of the block up to the packet's end.
        var end: UInt64
        var isLast: Bool
        var status: TransferStatus
    }

    private struct State {
        var queue: Deque<Pending> = []
        /// No more packets will come, or nobody wants the answers.
        var isClosed = false
        var isFinished = false
    }

    /// Answers outstanding: clients have at most 80 packets under way, so a longer queue is a peer that does not answer.
    private static let queueMax = 8192

    private let upstream: BlockingSocket
    private let mirror: BlockingSocket
    private let replica: OpenReplica
    private let finalize: @Sendable () throws(HFSError) -> Void
    private let logger: Logger
    private let state = Monitor(State())

    init(
        upstream: BlockingSocket, mirror: BlockingSocket, replica: OpenReplica, logger: Logger,
        finalize: @escaping @Sendable () throws(HFSError) -> Void
    ) {
        self.upstream = upstream
        self.mirror = mirror
        self.replica = replica
        self.logger = logger
        self.finalize = finalize
    }

    /// False when the answers are of no use any more.
    func add(_ pending: Pending) -> Bool {
        state.update { state in
            guard !state.isClosed, state.queue.count < Self.queueMax else { return false }
            state.queue.append(pending)
            return true
        }
    }

    /// What is queued is still answered.
    func close() { state.update { $0.isClosed = true } }

    /// Blocks until the forwarder's thread has ended.
    func waitUntilFinished() { _ = state.wait { $0.isFinished ? true : nil } }

    /// The body of the forwarder's thread. `reader` reads from the mirror.
    func run(_ reader: BufferedSocketReader) {
        defer {
            state.update {
                $0.isFinished = true
                $0.isClosed = true
            }
        }
        var isMirrorBroken = false
        while let pending = next() {
            var downstream: [TransferStatus] = [.error]
            if !isMirrorBroken {
                do throws(HFSError) { downstream = try answer(to: pending, reader) } catch {
                    isMirrorBroken = true
                    logger.info(
                        "mirror_lost",
                        metadata: ["block": .stringConvertible(replica.block), "error": .string("\(error)")])
                }
            }
            let ack = PipelineAck(sequenceNumber: pending.sequenceNumber, replies: [pending.status] + downstream)
            do throws(HFSError) {
                if ack.isSuccess, pending.end > 0 { replica.acknowledge(pending.end) }
                if pending.isLast, pending.status == .success { try finalize() }
                try upstream.writeAll(ack.encodeDelimited())
            } catch {
                stop(error)
                return
            }
            if pending.status != .success || downstream.contains(.errorChecksum) {
                stop(HFSError(.checksumMismatch, "A packet did not match its checksums", subject: "\(replica.block)"))
                return
            }
            if pending.isLast { return }
        }
    }

    /// Nobody can be answered: makes the receiving thread return too.
    private func stop(_ error: HFSError) {
        logger.info(
            "pipeline_stopped", metadata: ["block": .stringConvertible(replica.block), "error": .string("\(error)")])
        upstream.shutdown()
        mirror.shutdown()
    }

    private func next() -> Pending? {
        state.wait { state -> Pending?? in
            if let pending = state.queue.popFirst() { return .some(pending) }
            return state.isClosed ? .some(nil) : nil
        } ?? nil
    }

    private func answer(to pending: Pending, _ reader: BufferedSocketReader) throws(HFSError) -> [TransferStatus] {
        while true {
            let ack = try PipelineAck(decoding: try reader.readDelimited())
            if ack.sequenceNumber == PipelineAck.outOfBandSequenceNumber {
                try upstream.writeAll(
                    PipelineAck(sequenceNumber: ack.sequenceNumber, replies: [.success] + ack.replies).encodeDelimited()
                )
                continue
            }
            guard ack.sequenceNumber == pending.sequenceNumber, !ack.replies.isEmpty else {
                throw HFSError(
                    .remote, "The next node answered packet \(ack.sequenceNumber), not \(pending.sequenceNumber)")
            }
            return ack.replies
        }
    }
}
