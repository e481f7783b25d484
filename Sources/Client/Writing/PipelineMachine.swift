import Core
import DequeModule

/// The writing side of one file as a value: which block is open on which datanodes, which packets wait, and what follows
/// from each event. Performs nothing itself (hdfs-wire: "Pipeline recovery, as the client drives it"; HDFS `DataStreamer`).
///
/// The owner feeds every outcome back as an event and performs the returned actions in order. One action of those that ask
/// something is outstanding at a time; acknowledgements may come in between.
struct PipelineMachine {
    enum Phase: Equatable {
        /// No block is open.
        case idle
        case allocating
        case abandoning
        case connecting(PipelineSetup.Stage)
        case streaming
        case replacing
        case transferring(Int)
        case stamping
        case committing
        case completing
        case closed
        case failed
    }

    private(set) var phase = Phase.idle
    /// Why the file cannot be written any more.
    private(set) var failure: HFSError?
    /// The open block; its length is what is acknowledged.
    private(set) var block: Block?
    private(set) var locations: [LocatedBlock.Location] = []
    /// The block before, with its final length: the next `addBlock` or `complete` commits it.
    private(set) var previous: Block?
    /// Packets of the open block not yet handed to the connection, in order.
    private(set) var unsent: Deque<OutboundPacket> = []
    /// Packets handed to the connection and not yet acknowledged, in order.
    private(set) var unacknowledged: Deque<OutboundPacket> = []
    /// Acknowledged packets of a block that is small enough to be written once more from the start.
    private(set) var retained: [OutboundPacket] = []
    /// Counts connections: events of an older one are ignored.
    private(set) var connection = 0

    private let policy: PipelinePolicy
    private var isWholeBlockRetained = true
    private var isFlushed = false
    private var isClosing = false
    private var sentBytes: UInt64 = 0
    private var nextStamp: GenerationStamp?
    private var excluded: [DatanodeDescriptor] = []
    private var failedNodes: [DatanodeDescriptor] = []
    private var allocations = 0
    private var recoveries = 0
    private var lastFailure: HFSError?
    /// The rebuilt pipeline broke again while the namenode was being told of it.
    private var brokenEarly: (badNode: Int?, error: HFSError)?

    /// - Parameter previous: the last block of a file opened for append, where the namenode named one.
    init(policy: PipelinePolicy, previous: Block? = nil) {
        self.policy = policy
        self.previous = previous
    }

    /// Packets that occupy the window.
    var windowCount: Int { unsent.count + unacknowledged.count }
    /// True when every packet of the block was acknowledged and no block is open.
    var isBlockFinished: Bool { phase == .idle && windowCount == 0 }
    /// True when no connection is open or will be opened for the packets at hand.
    var holdsNoBlock: Bool { phase == .idle || phase == .completing || phase == .closed || phase == .failed }
    /// True when all packets up to and with `sequence` of the open block are acknowledged.
    func isAcknowledged(_ sequence: Int64) -> Bool {
        (unacknowledged.first?.sequence ?? unsent.first?.sequence ?? Int64.max) > sequence
    }

    /// A block that no reader has seen and that is all in memory can be written anew; its end need not wait for the
    /// acknowledgement of its data.
    private func canStartOver(at end: OutboundPacket) -> Bool {
        isWholeBlockRetained && !isFlushed && end.offsetInBlock <= policy.retainedBytesMax
    }

    // MARK: Sending

    /// The next packets for the connection, now counted as sent. None while the pipeline is not streaming.
    mutating func takePackets(max: Int, connection: Int) -> [OutboundPacket] {
        guard phase == .streaming, connection == self.connection else { return [] }
        var taken: [OutboundPacket] = []
        while taken.count < max, let packet = unsent.first {
            // The end is held back until all data is acknowledged, so that a failure finds no node that finalized early.
            if packet.isLast, !unacknowledged.isEmpty, !canStartOver(at: packet) { break }
            unsent.removeFirst()
            unacknowledged.append(packet)
            sentBytes = Swift.max(sentBytes, packet.endInBlock)
            if packet.isLast { isClosing = true }
            taken.append(packet)
        }
        return taken
    }

    // MARK: Events

    mutating func handle(_ event: PipelineEvent) -> [PipelineAction] {
        if phase == .failed || phase == .closed { return [] }
        switch event {
        case .queued(let packet): return queue(packet)
        case .flushed:
            isFlushed = true
            return []
        case .allocated(let located): return connectNew(located)
        case .abandoned: return allocate()
        case .connected(let id): return id == connection ? connected() : []
        case .connectFailed(let id, let badNode, let error): return id == connection ? setUpFailed(badNode, error) : []
        case .acknowledged(let id, let sequence, let firstBad):
            return id == connection ? acknowledge(sequence, firstBad) : []
        case .broken(let id, let badNode, let error): return id == connection ? broken(badNode, error) : []
        case .replaced(let located): return replaced(located)
        case .replacementRefused(let error): return replacementRefused(error)
        case .transferred: return stamp()
        case .transferFailed(let error): return transferFailed(error)
        case .stamped(let stamp): return reconnect(stamp)
        case .committed: return resume()
        case .closeRequested:
            phase = .completing
            return [.complete(previous)]
        case .completed:
            phase = .closed
            return []
        case .refused(let error): return fail(error)
        }
    }

    private mutating func queue(_ packet: OutboundPacket) -> [PipelineAction] {
        precondition(packet.sequence >= 0, "heartbeats are not queued")
        unsent.append(packet)
        switch phase {
        case .idle: return allocate()
        case .streaming: return [.transmit]
        default: return []
        }
    }

    // MARK: A new block

    private mutating func allocate() -> [PipelineAction] {
        allocations += 1
        guard allocations <= policy.allocationsMax else {
            return fail(lastFailure ?? HFSError(.blockUnavailable, "Unable to create a new block"))
        }
        phase = .allocating
        return [.allocate(previous: previous, excluded: excluded)]
    }

    private mutating func connectNew(_ located: LocatedBlock) -> [PipelineAction] {
        guard !located.locations.isEmpty else {
            return fail(HFSError(.noDatanodes, "The namenode gave no datanode for \(located.block)"))
        }
        var fresh = located.block
        fresh.length = 0
        block = fresh
        locations = located.locations
        sentBytes = 0
        return connect(.create, latestStamp: GenerationStamp(0))
    }

    private mutating func connect(_ stage: PipelineSetup.Stage, latestStamp: GenerationStamp) -> [PipelineAction] {
        guard let block else { return fail(HFSError(.io, "No block is open")) }
        connection += 1
        phase = .connecting(stage)
        let setup = PipelineSetup(
            connection: connection, stage: stage, block: block, locations: locations, latestStamp: latestStamp,
            acknowledgedBytes: stage == .create ? 0 : block.length, sentBytes: stage == .create ? 0 : sentBytes)
        return [.connect(setup)]
    }

    private mutating func connected() -> [PipelineAction] {
        guard case .connecting(let stage) = phase else { return [] }
        if stage == .create {
            phase = .streaming
            return [.transmit]
        }
        guard let block, let nextStamp else { return fail(HFSError(.io, "No block is open")) }
        phase = .committing
        brokenEarly = nil
        var renewed = block
        renewed.generationStamp = nextStamp
        return [.commit(old: block, new: renewed, locations: locations)]
    }

    private mutating func setUpFailed(_ badNode: Int?, _ error: HFSError) -> [PipelineAction] {
        guard case .connecting(let stage) = phase else { return [] }
        lastFailure = error
        guard stage == .create else { return recover(badNode, error) }
        return startOver(badNode)
    }

    /// Gives the block up and asks for another one without the node that failed; every packet is still here.
    private mutating func startOver(_ badNode: Int?) -> [PipelineAction] {
        guard let block else { return fail(HFSError(.io, "No block is open")) }
        let index = badNode ?? 0
        if locations.indices.contains(index) { excluded.append(locations[index].datanode) }
        unsent = Deque(retained) + unacknowledged + unsent
        retained = []
        unacknowledged = []
        isClosing = false
        phase = .abandoning
        self.block = nil
        return [disconnect(), .abandon(block)]
    }

    // MARK: Acknowledgements

    private mutating func acknowledge(_ sequence: Int64, _ firstBad: Int?) -> [PipelineAction] {
        if let firstBad {
            return broken(
                firstBad, HFSError(.connectionLost, "Datanode \(firstBad) of the pipeline reported a failure"))
        }
        guard phase == .streaming else { return [] }
        // A heartbeat's.
        if sequence < 0 { return [] }
        guard let packet = unacknowledged.first, packet.sequence == sequence else {
            return broken(nil, HFSError(.connectionLost, "Acknowledgement \(sequence) is out of order"))
        }
        unacknowledged.removeFirst()
        if let acknowledged = block?.length { block?.length = max(acknowledged, packet.endInBlock) }
        recoveries = 0
        if packet.isLast { return finishBlock() }
        retain(packet)
        return unacknowledged.isEmpty && unsent.first?.isLast == true ? [.transmit] : []
    }

    private mutating func retain(_ packet: OutboundPacket) {
        if isWholeBlockRetained, !isFlushed, packet.endInBlock <= policy.retainedBytesMax {
            retained.append(packet)
        } else {
            isWholeBlockRetained = false
            retained = []
        }
    }

    private mutating func finishBlock() -> [PipelineAction] {
        previous = block
        block = nil
        locations = []
        unacknowledged = []
        retained = []
        isWholeBlockRetained = true
        isFlushed = false
        isClosing = false
        excluded = []
        failedNodes = []
        allocations = 0
        recoveries = 0
        lastFailure = nil
        phase = .idle
        return [disconnect()]
    }

    // MARK: Recovery

    private mutating func broken(_ badNode: Int?, _ error: HFSError) -> [PipelineAction] {
        if phase == .committing {
            // The connection's threads have ended and say nothing more; `resume` goes on from here.
            if brokenEarly == nil { brokenEarly = (badNode, error) }
            return []
        }
        guard phase == .streaming else { return [] }
        lastFailure = error
        // With its end under way a node may have finalized the block or not; a block that is all here is written anew.
        if isClosing, let end = unacknowledged.last, canStartOver(at: end) { return startOver(badNode) }
        return recover(badNode, error)
    }

    private mutating func recover(_ badNode: Int?, _ error: HFSError) -> [PipelineAction] {
        recoveries += 1
        unsent = unacknowledged + unsent
        unacknowledged = []
        let disconnected = disconnect()
        let index = badNode ?? 0
        if locations.indices.contains(index) { failedNodes.append(locations.remove(at: index).datanode) }
        guard !locations.isEmpty else {
            return fail(
                HFSError(.connectionLost, "All datanodes of the pipeline are bad", subject: name, cause: error.message))
        }
        guard recoveries <= policy.recoveriesMax else {
            return fail(
                HFSError(.connectionLost, "The pipeline broke \(recoveries) times", subject: name, cause: error.message)
            )
        }
        if policy.replaces(remaining: locations.count, isFlushed: isFlushed), !isClosing, let block {
            phase = .replacing
            return [disconnected, .replace(block: block, existing: locations, excluded: failedNodes)]
        }
        return [disconnected] + stamp()
    }

    private mutating func replaced(_ located: LocatedBlock) -> [PipelineAction] {
        guard phase == .replacing, let block else { return [] }
        let known = Set(locations.map(\.datanode.uuid))
        guard let index = located.locations.firstIndex(where: { !known.contains($0.datanode.uuid) }),
            located.locations.count == locations.count + 1
        else { return replacementRefused(HFSError(.noDatanodes, "The namenode named no new datanode")) }
        locations = located.locations
        phase = .transferring(index)
        let source = locations[index == 0 ? 1 : index - 1]
        return [.transfer(block: block, from: source, to: locations[index])]
    }

    private mutating func replacementRefused(_ error: HFSError) -> [PipelineAction] {
        guard phase == .replacing else { return [] }
        guard policy.replacesBestEffort else {
            return fail(
                HFSError(
                    .noDatanodes, "Failed to replace a bad datanode on the existing pipeline", subject: name,
                    cause: error.message))
        }
        return stamp()
    }

    private mutating func transferFailed(_ error: HFSError) -> [PipelineAction] {
        guard case .transferring(let index) = phase else { return [] }
        failedNodes.append(locations.remove(at: index).datanode)
        phase = .replacing
        return replacementRefused(error)
    }

    private mutating func stamp() -> [PipelineAction] {
        guard let block else { return fail(HFSError(.io, "No block is open")) }
        phase = .stamping
        return [.stamp(block)]
    }

    private mutating func reconnect(_ stamp: GenerationStamp) -> [PipelineAction] {
        guard phase == .stamping else { return [] }
        nextStamp = stamp
        return connect(isClosing ? .closeRecovery : .streamingRecovery, latestStamp: stamp)
    }

    private mutating func resume() -> [PipelineAction] {
        guard phase == .committing, let nextStamp else { return [] }
        block?.generationStamp = nextStamp
        self.nextStamp = nil
        if isClosing {
            // The set-up of a close recovery finalizes the block: its end is not sent again.
            unsent = []
            return finishBlock()
        }
        phase = .streaming
        if let (badNode, error) = brokenEarly {
            brokenEarly = nil
            return broken(badNode, error)
        }
        return [.transmit]
    }

    // MARK: The end

    private var name: String? { block.map(\.description) }

    private mutating func fail(_ error: HFSError) -> [PipelineAction] {
        phase = .failed
        failure = error
        unsent = []
        unacknowledged = []
        retained = []
        return [disconnect()]
    }

    /// From here on the connection's events are stale.
    private mutating func disconnect() -> PipelineAction {
        connection += 1
        return .disconnect
    }
}
