import Core
import Testing

@testable import Client

@Suite("The pipeline as a state machine")
struct PipelineMachineTests {
    static func node(_ number: Int) -> LocatedBlock.Location {
        LocatedBlock.Location(
            datanode: DatanodeDescriptor(
                uuid: "node\(number)", address: "127.0.0.1", hostName: "localhost", transferPort: UInt16(9000 + number),
                httpPort: 1, rpcPort: 2),
            storageID: "DS-\(number)", storageKind: .disk)
    }

    static func located(_ id: UInt64 = 1, nodes: [Int] = [0, 1, 2], stamp: UInt64 = 1001) -> LocatedBlock {
        LocatedBlock(
            block: Block(poolID: "BP", id: BlockID(id), generationStamp: GenerationStamp(stamp), length: 0), offset: 0,
            locations: nodes.map { node($0) })
    }

    static func policy(replication: Int = 3, bestEffort: Bool = true, retained: UInt64 = 1 << 20) -> PipelinePolicy {
        var policy = PipelinePolicy(
            replication: replication, allocationsMax: 3, recoveriesMax: 2, replacesBestEffort: bestEffort)
        policy.retainedBytesMax = retained
        return policy
    }

    static func packet(_ sequence: Int64, bytes: Int = 100) -> OutboundPacket {
        let packet = OutboundPacket(
            sequence: sequence, offsetInBlock: UInt64(sequence) * UInt64(bytes), capacity: bytes)
        [UInt8](repeating: 1, count: bytes).withUnsafeBytes { _ = packet.append($0) }
        packet.seal(isSync: false)
        return packet
    }

    static func end(_ sequence: Int64, bytes: Int = 100) -> OutboundPacket {
        OutboundPacket(sequence: sequence, offsetInBlock: UInt64(sequence) * UInt64(bytes), capacity: 0, isLast: true)
    }

    /// A machine that streams a block on three nodes; `sent` packets are under way.
    static func streaming(_ policy: PipelinePolicy = policy(), sent: Int = 3) -> PipelineMachine {
        var machine = PipelineMachine(policy: policy)
        for sequence in 0..<Int64(sent) { _ = machine.handle(.queued(packet(sequence))) }
        _ = machine.handle(.allocated(located()))
        _ = machine.handle(.connected(connection: 1))
        _ = machine.takePackets(max: 100, connection: 1)
        return machine
    }

    private let lost = HFSError(.connectionLost, "gone")

    @Test("A block is allocated, opened, streamed and finished, and the next one commits it")
    func straight() throws {
        var machine = PipelineMachine(policy: Self.policy())
        guard case .allocate(nil, let excluded)? = machine.handle(.queued(Self.packet(0))).first else {
            Issue.record("no allocation")
            return
        }
        #expect(excluded.isEmpty)
        #expect(machine.handle(.queued(Self.end(1))).isEmpty)
        guard case .connect(let setup)? = machine.handle(.allocated(Self.located())).first else {
            Issue.record("no set-up")
            return
        }
        #expect(setup.stage == .create && setup.latestStamp == GenerationStamp(0) && setup.locations.count == 3)
        #expect(machine.takePackets(max: 9, connection: 1).isEmpty)
        guard case .transmit? = machine.handle(.connected(connection: 1)).first else {
            Issue.record("nothing to transmit")
            return
        }
        #expect(machine.takePackets(max: 9, connection: 1).map(\.sequence) == [0, 1])
        #expect(machine.handle(.acknowledged(connection: 1, sequence: 0, firstBad: nil)).isEmpty)
        #expect(machine.isAcknowledged(0) && !machine.isAcknowledged(1))
        guard case .disconnect? = machine.handle(.acknowledged(connection: 1, sequence: 1, firstBad: nil)).first else {
            Issue.record("the connection stays")
            return
        }
        #expect(machine.isBlockFinished)
        #expect(machine.previous?.length == 100)
        guard case .allocate(let previous, _)? = machine.handle(.queued(Self.packet(0))).first else {
            Issue.record("no allocation")
            return
        }
        #expect(previous?.length == 100)
    }

    @Test("An empty file is completed without a block")
    func empty() {
        var machine = PipelineMachine(policy: Self.policy())
        guard case .complete(nil)? = machine.handle(.closeRequested).first else {
            Issue.record("not completed")
            return
        }
        _ = machine.handle(.completed)
        #expect(machine.phase == .closed)
    }

    @Test("A set-up that fails gives the block up and excludes the node")
    func setUpFails() {
        var machine = PipelineMachine(policy: Self.policy())
        _ = machine.handle(.queued(Self.packet(0)))
        _ = machine.handle(.allocated(Self.located()))
        let actions = machine.handle(.connectFailed(connection: 1, badNode: 1, lost))
        guard case .abandon(let block)? = actions.last else {
            Issue.record("not abandoned")
            return
        }
        #expect(block.id == BlockID(1))
        guard case .allocate(nil, let excluded)? = machine.handle(.abandoned).first else {
            Issue.record("no allocation")
            return
        }
        #expect(excluded.map(\.uuid) == ["node1"])
        _ = machine.handle(.allocated(Self.located(2, nodes: [0, 2])))
        _ = machine.handle(.connected(connection: machine.connection))
        #expect(machine.takePackets(max: 9, connection: machine.connection).map(\.sequence) == [0])
    }

    @Test("After too many blocks that cannot be opened the writer fails")
    func allocationsEnd() {
        var machine = PipelineMachine(policy: Self.policy())
        _ = machine.handle(.queued(Self.packet(0)))
        for number in 0..<3 {
            _ = machine.handle(.allocated(Self.located(UInt64(number + 1))))
            _ = machine.handle(.connectFailed(connection: machine.connection, badNode: nil, lost))
            _ = machine.handle(.abandoned)
        }
        #expect(machine.phase == .failed && machine.failure?.code == .connectionLost)
    }

    @Test("A node that reports an error is dropped, the block gets a new stamp, the packets are sent again")
    func recovery() {
        var machine = Self.streaming()
        _ = machine.handle(.acknowledged(connection: 1, sequence: 0, firstBad: nil))
        let actions = machine.handle(.acknowledged(connection: 1, sequence: 1, firstBad: 1))
        guard case .stamp(let old)? = actions.last else {
            Issue.record("no stamp: \(actions)")
            return
        }
        #expect(old.length == 100)
        guard case .connect(let setup)? = machine.handle(.stamped(GenerationStamp(1002))).first else {
            Issue.record("no set-up")
            return
        }
        #expect(setup.stage == .streamingRecovery)
        #expect(setup.block.generationStamp == GenerationStamp(1001) && setup.latestStamp == GenerationStamp(1002))
        #expect(setup.acknowledgedBytes == 100 && setup.sentBytes == 300)
        #expect(setup.locations.map(\.datanode.uuid) == ["node0", "node2"])
        guard case .commit(_, let new, let nodes)? = machine.handle(.connected(connection: setup.connection)).first
        else {
            Issue.record("not committed")
            return
        }
        #expect(new.generationStamp == GenerationStamp(1002) && nodes.count == 2)
        #expect(machine.takePackets(max: 9, connection: setup.connection).isEmpty)
        _ = machine.handle(.committed)
        #expect(machine.takePackets(max: 9, connection: setup.connection).map(\.sequence) == [1, 2])
        #expect(machine.block?.generationStamp == GenerationStamp(1002))
    }

    @Test("A connection that breaks without a word is the first node's fault")
    func firstNode() {
        var machine = Self.streaming()
        _ = machine.handle(.broken(connection: 1, badNode: nil, lost))
        #expect(machine.locations.map(\.datanode.uuid) == ["node1", "node2"])
    }

    @Test("A recovery that fails drops another node, until none is left")
    func nodesRunOut() {
        var machine = Self.streaming(Self.policy(replication: 2))
        _ = machine.handle(.broken(connection: 1, badNode: 2, lost))
        _ = machine.handle(.stamped(GenerationStamp(1002)))
        _ = machine.handle(.connectFailed(connection: machine.connection, badNode: 0, lost))
        #expect(machine.locations.map(\.datanode.uuid) == ["node1"])
        _ = machine.handle(.stamped(GenerationStamp(1003)))
        _ = machine.handle(.connectFailed(connection: machine.connection, badNode: nil, lost))
        #expect(machine.phase == .failed)
        #expect(machine.handle(.queued(Self.packet(9))).isEmpty)
    }

    @Test(
        "A rebuilt pipeline that breaks while the namenode is told of it is rebuilt once more",
        arguments: [false, true])
    func brokenWhileCommitting(byAcknowledgement: Bool) {
        // Two copies are asked for: the last node left is not worth a replacement.
        var machine = Self.streaming(Self.policy(replication: 2))
        _ = machine.handle(.broken(connection: 1, badNode: 2, lost))
        _ = machine.handle(.stamped(GenerationStamp(1002)))
        let rebuilt = machine.connection
        _ = machine.handle(.connected(connection: rebuilt))
        #expect(machine.phase == .committing)
        let event: PipelineEvent =
            byAcknowledgement
            ? .acknowledged(connection: rebuilt, sequence: -1, firstBad: 1)
            : .broken(connection: rebuilt, badNode: 1, lost)
        #expect(machine.handle(event).isEmpty)
        // The other thread of the connection ends too, and knows no node to blame.
        #expect(machine.handle(.broken(connection: rebuilt, badNode: nil, lost)).isEmpty)
        guard case .stamp(let block)? = machine.handle(.committed).last else {
            Issue.record("the break was forgotten")
            return
        }
        #expect(block.generationStamp == GenerationStamp(1002))
        #expect(machine.locations.map(\.datanode.uuid) == ["node0"])
        _ = machine.handle(.stamped(GenerationStamp(1003)))
        _ = machine.handle(.connected(connection: machine.connection))
        _ = machine.handle(.committed)
        #expect(machine.takePackets(max: 9, connection: machine.connection).map(\.sequence) == [0, 1, 2])
    }

    @Test("A closed block whose connection ends while the namenode is told of it stays closed")
    func brokenAfterCloseRecovery() {
        var machine = Self.streaming(Self.policy(retained: 50))
        _ = machine.handle(.queued(Self.end(3)))
        for sequence in Int64(0)..<3 {
            _ = machine.handle(.acknowledged(connection: 1, sequence: sequence, firstBad: nil))
        }
        _ = machine.takePackets(max: 9, connection: 1)
        _ = machine.handle(.broken(connection: 1, badNode: 1, lost))
        _ = machine.handle(.stamped(GenerationStamp(1002)))
        _ = machine.handle(.connected(connection: machine.connection))
        _ = machine.handle(.broken(connection: machine.connection, badNode: nil, lost))
        _ = machine.handle(.committed)
        #expect(machine.isBlockFinished && machine.previous?.generationStamp == GenerationStamp(1002))
    }

    @Test("Bytes that readers saw are worth a new node, which gets a copy first")
    func replacement() {
        var machine = Self.streaming()
        _ = machine.handle(.flushed)
        guard
            case .replace(_, let existing, let excluded)? = machine.handle(.broken(connection: 1, badNode: 2, lost))
                .last
        else {
            Issue.record("no replacement")
            return
        }
        #expect(existing.count == 2 && excluded.map(\.uuid) == ["node2"])
        guard
            case .transfer(_, let source, let target)? = machine.handle(.replaced(Self.located(nodes: [0, 1, 3]))).first
        else {
            Issue.record("no copy")
            return
        }
        #expect(source.datanode.uuid == "node1" && target.datanode.uuid == "node3")
        _ = machine.handle(.transferred)
        guard case .connect(let setup)? = machine.handle(.stamped(GenerationStamp(2))).first else {
            Issue.record("no set-up")
            return
        }
        #expect(setup.locations.count == 3)
    }

    @Test("No new node: best effort goes on with fewer, the strict policy fails", arguments: [true, false])
    func noReplacement(bestEffort: Bool) {
        for copyFails in [true, false] {
            var machine = Self.streaming(Self.policy(bestEffort: bestEffort))
            _ = machine.handle(.flushed)
            _ = machine.handle(.broken(connection: 1, badNode: 0, lost))
            if copyFails {
                _ = machine.handle(.replaced(Self.located(nodes: [1, 2, 3])))
                _ = machine.handle(.transferFailed(lost))
            } else {
                _ = machine.handle(.replacementRefused(HFSError(.noDatanodes, "none")))
            }
            #expect(machine.phase == (bestEffort ? .stamping : .failed))
            if bestEffort { #expect(machine.locations.map(\.datanode.uuid) == ["node1", "node2"]) }
        }
    }

    @Test("The end of a large block waits for its data; when it is lost the replicas are closed, not written")
    func closeRecovery() {
        var machine = Self.streaming(Self.policy(retained: 50))
        _ = machine.handle(.queued(Self.end(3)))
        #expect(machine.takePackets(max: 9, connection: 1).isEmpty)
        for sequence in Int64(0)..<2 {
            #expect(machine.handle(.acknowledged(connection: 1, sequence: sequence, firstBad: nil)).isEmpty)
        }
        guard case .transmit? = machine.handle(.acknowledged(connection: 1, sequence: 2, firstBad: nil)).first else {
            Issue.record("the end is not sent")
            return
        }
        #expect(machine.takePackets(max: 9, connection: 1).map(\.isLast) == [true])
        guard case .stamp? = machine.handle(.broken(connection: 1, badNode: 1, lost)).last,
            case .connect(let setup)? = machine.handle(.stamped(GenerationStamp(1002))).first
        else {
            Issue.record("no recovery")
            return
        }
        #expect(setup.stage == .closeRecovery && setup.acknowledgedBytes == 300 && setup.sentBytes == 300)
        _ = machine.handle(.connected(connection: setup.connection))
        _ = machine.handle(.committed)
        #expect(machine.isBlockFinished)
        #expect(machine.previous?.generationStamp == GenerationStamp(1002) && machine.previous?.length == 300)
    }

    @Test("A small block whose end was under way is written anew from its first packet")
    func startOver() {
        var machine = Self.streaming()
        _ = machine.handle(.queued(Self.end(3)))
        #expect(machine.takePackets(max: 9, connection: 1).map(\.sequence) == [3])
        _ = machine.handle(.acknowledged(connection: 1, sequence: 0, firstBad: nil))
        guard case .abandon? = machine.handle(.broken(connection: 1, badNode: 0, lost)).last,
            case .allocate(nil, let excluded)? = machine.handle(.abandoned).first
        else {
            Issue.record("not given up")
            return
        }
        #expect(excluded.map(\.uuid) == ["node0"])
        _ = machine.handle(.allocated(Self.located(2, nodes: [1, 2])))
        _ = machine.handle(.connected(connection: machine.connection))
        #expect(machine.takePackets(max: 9, connection: machine.connection).map(\.sequence) == [0, 1, 2, 3])
    }

    @Test("Bytes that readers saw are never written anew in another block")
    func flushedIsKept() {
        var machine = Self.streaming()
        _ = machine.handle(.flushed)
        _ = machine.handle(.queued(Self.end(3)))
        #expect(machine.takePackets(max: 9, connection: 1).isEmpty)
    }

    @Test("Recoveries without progress end; an acknowledgement starts the count again")
    func bounded() {
        var machine = Self.streaming(Self.policy(replication: 2))
        for round in 0..<2 {
            _ = machine.handle(.broken(connection: machine.connection, badNode: 7, lost))
            _ = machine.handle(.stamped(GenerationStamp(UInt64(2000 + round))))
            _ = machine.handle(.connected(connection: machine.connection))
            _ = machine.handle(.committed)
            _ = machine.takePackets(max: 1, connection: machine.connection)
        }
        _ = machine.handle(.acknowledged(connection: machine.connection, sequence: 0, firstBad: nil))
        _ = machine.handle(.broken(connection: machine.connection, badNode: 7, lost))
        #expect(machine.phase == .stamping)
        for _ in 0..<2 {
            _ = machine.handle(.stamped(GenerationStamp(3000)))
            _ = machine.handle(.connectFailed(connection: machine.connection, badNode: 7, lost))
        }
        #expect(machine.phase == .failed)
    }

    @Test("Events of an older connection, heartbeats' answers and answers out of order do no harm")
    func stale() {
        var machine = Self.streaming()
        #expect(machine.handle(.acknowledged(connection: 0, sequence: 0, firstBad: nil)).isEmpty)
        #expect(machine.handle(.broken(connection: 0, badNode: nil, lost)).isEmpty)
        #expect(machine.handle(.acknowledged(connection: 1, sequence: -1, firstBad: nil)).isEmpty)
        #expect(machine.windowCount == 3)
        _ = machine.handle(.acknowledged(connection: 1, sequence: 2, firstBad: nil))
        #expect(machine.phase == .stamping)
    }

    @Test("A caller that waits without any event is let go; answers to heartbeats are no progress")
    func stalled() async throws {
        try await FakeCluster.run { (cluster) async throws in
            let file = WriterFile(
                namenode: cluster.fs.namenode, path: "/f", fileID: 1, clientName: "c", blockSize: 1 << 20)
            let shell = PipelineShell(
                file: file, machine: Self.streaming(), threads: PipelineThreads(threadsMax: 2),
                opener: PipelineOpener(dialer: cluster.fs.source.dialer, clientName: "c", blockSize: 1 << 20),
                heartbeatIntervalMs: 20_000)
            async let ended: Result<Void, HFSError> = {
                do throws(HFSError) { return .success(try await shell.reach(.acknowledged(2))) } catch {
                    return .failure(error)
                }
            }()
            while shell.state.withLock({ $0.waiter == nil }) { await Task.yield() }
            shell.checkProgress(nowMs: 0, stallMs: 100)
            shell.post(.acknowledged(connection: 1, sequence: 0, firstBad: nil))
            shell.checkProgress(nowMs: 150, stallMs: 100)
            shell.checkProgress(nowMs: 200, stallMs: 100)
            #expect(shell.state.withLock { $0.machine.failure } == nil)
            shell.post(.acknowledged(connection: 1, sequence: -1, firstBad: nil))
            shell.checkProgress(nowMs: 250, stallMs: 100)
            guard case .failure(let error) = await ended else {
                Issue.record("the caller was told that its packet was acknowledged")
                return
            }
            #expect(error.code == .timedOut)
        }
    }

    @Test("A refusal ends the writer with its error")
    func refused() {
        var machine = Self.streaming()
        _ = machine.handle(.refused(HFSError(.leaseExpired, "no lease")))
        #expect(machine.failure?.code == .leaseExpired && machine.windowCount == 0)
    }
}
