import Core
import Testing

@testable import NameNode

@Suite struct BlockRecoveryTests {
    private struct Order: Equatable {
        var block: BlockID
        var recoveryID: UInt64
        var replicas: Set<String>
    }

    private func orders(_ commands: [DatanodeCommand]) -> [Order] {
        commands.compactMap { command in
            guard case .recover(let block, let recoveryID, let replicas) = command else { return nil }
            return Order(
                block: block.id, recoveryID: recoveryID.rawValue, replicas: Set(replicas.map(\.datanode.uuid)))
        }
    }

    /// A block open on nodes 1 to 3 whose writer is gone.
    private func cluster() async throws -> (cluster: BlockCluster, block: BlockID) {
        let cluster = try BlockCluster()
        let block = try await cluster.makeBlock(
            length: 0, state: .underConstruction, pipeline: (1...3).map { "node-\($0)" })
        for node in 1...3 { try cluster.join(node) }
        await cluster.settle()
        cluster.manager.blockAllocated(
            block, GenerationStamp(1001), pipeline: (1...3).map { BlockCluster.location($0) })
        try cluster.change(1, .receiving, block, length: 0)
        return (cluster, block)
    }

    private func commit(
        _ cluster: BlockCluster, _ block: BlockID, _ recoveryID: UInt64, length: UInt64 = 7, delete: Bool = false,
        nodes: [Int], by primary: Int = 1
    ) throws {
        try cluster.manager.commitRecovery(
            block, recoveryID: GenerationStamp(recoveryID), length: length, deleteBlock: delete,
            replicas: nodes.map { ("node-\($0)", "DS-\($0)") }, on: cluster.connection(primary))
    }

    @Test("One primary is asked with all replicas; its result reaches the namespace")
    func oneRound() async throws {
        let (cluster, block) = try await cluster()
        cluster.manager.startRecovery(block, GenerationStamp(1001), recoveryID: GenerationStamp(1002))
        let all = try (1...3).flatMap { orders(try cluster.heartbeat($0)) }
        #expect(all == [Order(block: block, recoveryID: 1002, replicas: ["node-1", "node-2", "node-3"])])
        try commit(cluster, block, 1002, nodes: [1, 2])
        #expect(
            cluster.sink.results == [
                RecordingSink.Result(
                    block: block, newStamp: GenerationStamp(1002), length: 7, deleteBlock: false,
                    nodes: ["node-1", "node-2"])
            ])
        cluster.manager.blockCommitted(block, GenerationStamp(1002), length: 7, replication: 2)
        #expect(cluster.holders(block, stamp: 1002).sorted() == [1, 2])
        #expect(cluster.manager.statistics().runningRecoveries == 0)
    }

    @Test("A primary that does not answer is replaced by the next one, under the same recovery id")
    func nextPrimary() async throws {
        let (cluster, block) = try await cluster()
        cluster.manager.startRecovery(block, GenerationStamp(1001), recoveryID: GenerationStamp(1002))
        var primaries: [Int] = []
        for _ in 0..<3 {
            for node in 1...3 where !orders(try cluster.heartbeat(node)).isEmpty { primaries.append(node) }
            await cluster.advance(byMs: 14_999)
            for node in 1...3 { #expect(orders(try cluster.heartbeat(node)).isEmpty) }
            await cluster.advance(byMs: 1)
        }
        #expect(primaries.sorted() == [1, 2, 3])
    }

    @Test("The result of an older recovery is refused")
    func older() async throws {
        let (cluster, block) = try await cluster()
        cluster.manager.startRecovery(block, GenerationStamp(1001), recoveryID: GenerationStamp(1002))
        cluster.manager.startRecovery(block, GenerationStamp(1001), recoveryID: GenerationStamp(1003))
        let error = try #require(throws: HFSError.self) { try commit(cluster, block, 1002, nodes: [1]) }
        #expect(error.code == .io && cluster.sink.results.isEmpty)
        try commit(cluster, block, 1003, delete: true, nodes: [])
        #expect(cluster.sink.results.map(\.deleteBlock) == [true])
    }

    @Test("A result whose operation did not become durable is asked for again")
    func notDurable() async throws {
        let (cluster, block) = try await cluster()
        cluster.manager.startRecovery(block, GenerationStamp(1001), recoveryID: GenerationStamp(1002))
        for node in 1...3 { _ = try cluster.heartbeat(node) }
        try commit(cluster, block, 1002, nodes: [1])
        await cluster.advance(byMs: 15_000)
        #expect(try (1...3).flatMap { orders(try cluster.heartbeat($0)) }.count == 1)
    }

    @Test("After a restart the replicas that nodes report are recovered")
    func afterRestart() async throws {
        let (before, block) = try await cluster()
        let cluster = try BlockCluster(engine: before.engine, clock: before.clock)
        await cluster.settle()
        cluster.manager.startRecovery(block, GenerationStamp(1001), recoveryID: GenerationStamp(1002))
        #expect(cluster.sink.results.isEmpty, "nothing is known yet, so nothing is given up")
        let replica = ReportedReplica(block: block, generationStamp: GenerationStamp(1001), length: 4, state: .rwr)
        try cluster.join(1)
        try cluster.join(2, replicas: [replica])
        try cluster.join(3)
        await cluster.advance(byMs: 15_000)
        #expect(try orders(cluster.heartbeat(2)).map(\.replicas) == [["node-2"]])
    }

    @Test("A block without a byte anywhere is dropped once every datanode has reported")
    func replicaless() async throws {
        let (before, block) = try await cluster()
        let cluster = try BlockCluster(engine: before.engine, clock: before.clock)
        await cluster.settle()
        cluster.manager.startRecovery(block, GenerationStamp(1001), recoveryID: GenerationStamp(1002))
        for node in 1...2 { try cluster.join(node) }
        await cluster.advance(byMs: 15_000)
        #expect(cluster.sink.results.isEmpty, "node 3 may have it")
        try cluster.join(3)
        await cluster.advance(byMs: 15_000)
        #expect(cluster.sink.results.map(\.deleteBlock) == [true])
    }

    @Test(
        "A block is not dropped while a node of its pipeline is dead, also after a restart; when it is back, it is recovered"
    )
    func deadHolders() async throws {
        let (cluster, block) = try await cluster()
        try cluster.join(4)
        for node in 1...3 { cluster.disconnect(node) }
        for _ in 0..<60 {
            await cluster.advance(byMs: 1000)
            _ = try cluster.heartbeat(4)
        }
        cluster.manager.startRecovery(block, GenerationStamp(1001), recoveryID: GenerationStamp(1002))
        for _ in 0..<60 {
            await cluster.advance(byMs: 1000)
            _ = try cluster.heartbeat(4)
        }
        #expect(cluster.sink.results.isEmpty, "three dead nodes may have flushed bytes")

        let restarted = try BlockCluster(engine: cluster.engine, clock: cluster.clock)
        await restarted.settle()
        try restarted.join(4)
        await restarted.advance(byMs: 1000)
        restarted.manager.startRecovery(block, GenerationStamp(1001), recoveryID: GenerationStamp(1003))
        for _ in 0..<60 {
            await restarted.advance(byMs: 1000)
            _ = try restarted.heartbeat(4)
        }
        #expect(restarted.sink.results.isEmpty, "the block's row names nodes that were not heard since the start")
        let replica = ReportedReplica(block: block, generationStamp: GenerationStamp(1001), length: 100, state: .rwr)
        try restarted.join(2, replicas: [replica])
        await restarted.advance(byMs: 15_000)
        #expect(try orders(restarted.heartbeat(2)).map(\.replicas) == [["node-2"]])
    }

    @Test("That nobody has a byte counts with the nodes that were asked")
    func deletionNamesTheNodesThatWereAsked() async throws {
        let (cluster, block) = try await cluster()
        cluster.disconnect(2)
        cluster.disconnect(3)
        await cluster.settle()
        cluster.manager.startRecovery(block, GenerationStamp(1001), recoveryID: GenerationStamp(1002))
        try commit(cluster, block, 1002, length: 0, delete: true, nodes: [])
        #expect(cluster.sink.results.map(\.nodes) == [["node-1"]])
    }

    @Test("A person is told what a recovery waits for; only datanodes that are away put its block out of reach")
    func standing() async throws {
        let (cluster, block) = try await cluster()
        func standing() -> RecoveryStanding {
            cluster.manager.recoveryStanding(
                block, GenerationStamp(1001), pipeline: (1...3).map { "node-\($0)" })
        }
        #expect(!standing().isOutOfReach)
        cluster.manager.startRecovery(block, GenerationStamp(1001), recoveryID: GenerationStamp(1002))
        #expect(!standing().isOutOfReach && standing().waitsFor.hasSuffix("the replicas on 10.0.0.1:9001"))
        cluster.disconnect(2)
        cluster.disconnect(3)
        try commit(cluster, block, 1002, length: 0, delete: true, nodes: [], by: primary(cluster))
        #expect(!standing().isOutOfReach)
        #expect(standing().waitsFor.hasPrefix("datanodes 10.0.0.2:9002, 10.0.0.3:9003 have not reported"))
        for _ in 0..<31 {
            await cluster.advance(byMs: 1000)
            _ = try cluster.heartbeat(1)
        }
        #expect(standing().isOutOfReach)
        #expect(standing().waitsFor.hasSuffix("are away: 10.0.0.2:9002 (dead), 10.0.0.3:9003 (dead)"))
        cluster.manager.noteRecoveryRefused(block, "because")
        let replica = ReportedReplica(block: block, generationStamp: GenerationStamp(1001), length: 100, state: .rwr)
        try cluster.join(2, replicas: [replica])
        #expect(!standing().isOutOfReach)
        #expect(standing().waitsFor.hasSuffix("the replicas on 10.0.0.2:9002; the last outcome was refused: because"))
    }

    /// The node that was asked to recover.
    private func primary(_ cluster: BlockCluster) throws -> Int {
        for node in 1...3 where cluster.connection(node).rawValue != 0 {
            if !orders(try cluster.heartbeat(node)).isEmpty { return node }
        }
        return 0
    }

    @Test("Only a registered datanode that was asked ends a recovery, at a length that a block can have")
    func strangers() async throws {
        let (cluster, block) = try await cluster()
        try cluster.join(4)
        cluster.manager.startRecovery(block, GenerationStamp(1001), recoveryID: GenerationStamp(1002))
        #expect(throws: HFSError.self) { try commit(cluster, block, 1002, nodes: [1], by: 99) }
        #expect(throws: HFSError.self) { try commit(cluster, block, 1002, nodes: [4], by: 4) }
        #expect(throws: HFSError.self) { try commit(cluster, block, 1002, length: 1 << 63, nodes: [1]) }
        #expect(cluster.sink.results.isEmpty)
    }
}
