import Core
import Testing

@testable import NameNode

@Suite struct ReplicationTests {
    private func transfers(_ commands: [DatanodeCommand]) -> [(block: BlockID, targets: [String])] {
        commands.compactMap { command in
            guard case .transfer(let block, let targets) = command else { return nil }
            return (block.id, targets.map(\.datanode.uuid))
        }
    }

    private func invalidated(_ commands: [DatanodeCommand]) -> [BlockID] {
        commands.flatMap { command -> [BlockID] in
            guard case .invalidate(let blocks) = command else { return [] }
            return blocks.map(\.id)
        }
    }

    /// Four nodes, the block on 1 to 3, safemode and the delays after it over.
    private func cluster(_ count: Int = 1) async throws -> (cluster: BlockCluster, blocks: [BlockID]) {
        let cluster = try BlockCluster()
        var blocks: [BlockID] = []
        for _ in 0..<count { blocks.append(try await cluster.makeBlock()) }
        for node in 1...4 { try cluster.join(node) }
        for block in blocks {
            for node in 1...3 { try cluster.received(node, block) }
        }
        await cluster.settle()
        await cluster.advance(byMs: 20_000)
        for node in 1...4 { _ = try cluster.heartbeat(node) }
        await cluster.advance(byMs: 20_000)
        for node in 1...4 { _ = try cluster.heartbeat(node) }
        await cluster.advance(byMs: 20_000)
        return (cluster, blocks)
    }

    /// Time passes and the nodes call.
    private func pass(_ cluster: BlockCluster, _ ms: Int64, _ nodes: [Int]) async throws -> [DatanodeCommand] {
        var commands: [DatanodeCommand] = []
        for _ in stride(from: 0, to: ms, by: 1000) {
            await cluster.advance(byMs: 1000)
            for node in nodes { commands += try cluster.heartbeat(node) }
        }
        return commands
    }

    @Test("A dead node's blocks are copied from a live one to one that has none, a bounded number at a time")
    func deadNode() async throws {
        let (cluster, blocks) = try await cluster(7)
        cluster.disconnect(2)
        let before = try await pass(cluster, 29_000, [1, 3, 4])
        #expect(before.isEmpty, "nothing is copied before the node is dead")
        var copied: Set<BlockID> = []
        for _ in 0..<10 {
            let commands = transfers(try await pass(cluster, 1000, [1, 3, 4]))
            #expect(commands.count <= 4, "two copies for each of two sources")
            for command in commands {
                #expect(command.targets == ["node-4"])
                try cluster.received(4, command.block)
                copied.insert(command.block)
            }
            await cluster.settle()
        }
        #expect(copied == Set(blocks))
        #expect(cluster.manager.statistics().underReplicatedBlocks == 0)
        #expect(cluster.manager.statistics().pendingReplicationBlocks == 0)
        #expect(cluster.holders(blocks[0]).sorted() == [1, 3, 4])
    }

    @Test("A copy that is not reported in time is ordered again")
    func lostCopy() async throws {
        let (cluster, blocks) = try await cluster()
        cluster.disconnect(2)
        let first = transfers(try await pass(cluster, 32_000, [1, 3, 4]))
        #expect(first.map(\.block) == blocks)
        #expect(try await transfers(pass(cluster, 290_000, [1, 3, 4])).isEmpty)
        #expect(try await transfers(pass(cluster, 20_000, [1, 3, 4])).map(\.block) == blocks)
    }

    @Test("A node that returns after its blocks were copied leaves one replica too many, which goes")
    func returning() async throws {
        let (cluster, blocks) = try await cluster()
        let block = blocks[0]
        cluster.disconnect(2)
        _ = try await pass(cluster, 32_000, [1, 3, 4])
        try cluster.received(4, block)
        await cluster.settle()
        let replica = ReportedReplica(block: block, generationStamp: GenerationStamp(1001), length: 10)
        try cluster.join(2, replicas: [replica])
        let commands = try await pass(cluster, 3000, [1, 2, 3, 4])
        #expect(invalidated(commands) == [block])
        #expect(cluster.holders(block).count == 3)
    }

    @Test("setReplication up makes copies, down deletes from the fullest node")
    func setReplication() async throws {
        let (cluster, blocks) = try await cluster()
        try await cluster.setReplication(blocks[0], 4)
        let commands = transfers(try await pass(cluster, 2000, [1, 2, 3, 4]))
        #expect(commands.map(\.targets) == [["node-4"]])
        try cluster.received(4, blocks[0])
        await cluster.settle()
        _ = try cluster.manager.heartbeat(
            "node-3", [BlockCluster.storage(3, remaining: 5)], transfers: 0, on: cluster.connection(3))
        try await cluster.setReplication(blocks[0], 3)
        await cluster.settle()
        #expect(invalidated(try cluster.heartbeat(3)) == blocks)
        #expect(cluster.holders(blocks[0]).sorted() == [1, 2, 4])
    }

    @Test("A corrupt replica is replaced, and goes when the good ones suffice")
    func corrupt() async throws {
        let (cluster, blocks) = try await cluster()
        cluster.manager.reportBad(blocks[0], GenerationStamp(1001), datanodeUUIDs: ["node-2"])
        await cluster.settle()
        #expect(cluster.holders(blocks[0]).sorted() == [1, 3])
        let commands = try await pass(cluster, 2000, [1, 2, 3, 4])
        #expect(transfers(commands).map(\.targets) == [["node-4"]])
        #expect(invalidated(commands).isEmpty)
        try cluster.received(4, blocks[0])
        #expect(try await invalidated(pass(cluster, 2000, [2])) == blocks)
    }

    @Test("With no other node to copy to, a corrupt replica makes room for its own replacement")
    func corruptInSmallCluster() async throws {
        let (cluster, blocks) = try await cluster()
        cluster.disconnect(4)
        cluster.manager.reportBad(blocks[0], GenerationStamp(1001), datanodeUUIDs: ["node-2"])
        #expect(try await invalidated(pass(cluster, 2000, [1, 2, 3])) == blocks)
        try cluster.change(2, .deleted, blocks[0])
        let commands = try await pass(cluster, 2000, [1, 2, 3])
        #expect(transfers(commands).map(\.targets) == [["node-2"]])
    }

    @Test("Replicas of a committed block that are still on their way are not copied")
    func grace() async throws {
        let (cluster, _) = try await cluster()
        let block = try await cluster.makeBlock()
        let pipeline = (1...3).map { BlockCluster.location($0) }
        cluster.manager.blockAllocated(block, GenerationStamp(1001), pipeline: pipeline)
        #expect(cluster.holders(block).sorted() == [1, 2, 3])
        try cluster.received(1, block)
        cluster.manager.blockCommitted(block, GenerationStamp(1001), length: 10, replication: 3)
        #expect(try await transfers(pass(cluster, 4000, [1, 2, 3, 4])).isEmpty)
        try cluster.received(2, block)
        #expect(try await transfers(pass(cluster, 3000, [1, 2, 3, 4])).map(\.block) == [block])
        #expect(cluster.manager.statistics().openBlocks == 0)
    }

    @Test("A replica that missed its pipeline's rebuilding is stale once the block is committed")
    func stalePipeline() async throws {
        let (cluster, _) = try await cluster()
        let block = try await cluster.makeBlock(replication: 2, stamp: 1002)
        let pipeline = (1...3).map { BlockCluster.location($0) }
        cluster.manager.blockAllocated(block, GenerationStamp(1001), pipeline: pipeline)
        for node in 1...3 { try cluster.change(node, .receiving, block, length: 0) }
        cluster.manager.blockPipelineUpdated(
            block, newStamp: GenerationStamp(1002), locations: Array(pipeline.prefix(2)))
        for node in 1...2 { try cluster.received(node, block, stamp: 1002) }
        cluster.manager.blockCommitted(block, GenerationStamp(1002), length: 10, replication: 2)
        #expect(cluster.holders(block, stamp: 1002).sorted() == [1, 2])
        #expect(invalidated(try cluster.heartbeat(3)) == [block])
    }

    @Test("Readers' claims never have a replica deleted before two good ones are left, and one goes at a time")
    func claims() async throws {
        let (cluster, blocks) = try await cluster()
        cluster.disconnect(4)
        cluster.manager.reportBad(blocks[0], GenerationStamp(1001), datanodeUUIDs: ["node-1", "node-2"])
        #expect(try await invalidated(pass(cluster, 40_000, [1, 2, 3])).isEmpty)
        #expect(cluster.holders(blocks[0]) == [3])
        cluster.manager.reportBad(blocks[0], GenerationStamp(1001), datanodeUUIDs: ["node-3"])
        #expect(cluster.holders(blocks[0]) == [3], "the last good one is not taken off by a claim")
        // A node with room gets a copy; then one of the two goes, then the other.
        try cluster.join(4)
        #expect(transfers(try await pass(cluster, 2000, [1, 2, 3, 4])).map(\.targets) == [["node-4"]])
        try cluster.received(4, blocks[0])
        let first = try await pass(cluster, 3000, [1, 2, 3, 4])
        #expect(invalidated(first) == blocks)
    }

    @Test("A replica that its datanode itself found bad goes as soon as a good one is left")
    func confirmed() async throws {
        let (cluster, blocks) = try await cluster()
        cluster.disconnect(4)
        cluster.manager.reportBad(blocks[0], GenerationStamp(1001), datanodeUUIDs: ["node-1", "node-2"])
        await cluster.settle()
        let version = BlockVersion(id: blocks[0], generationStamp: GenerationStamp(1001), length: 10)
        try cluster.manager.badReplicas("node-1", storageID: "DS-1", [version], on: cluster.connection(1))
        #expect(try await invalidated(pass(cluster, 2000, [1, 2, 3])) == blocks)
    }

    @Test("A replica that was left under recovery with an older stamp is stale and goes")
    func leftUnderRecovery() async throws {
        let (cluster, _) = try await cluster()
        let block = try await cluster.makeBlock(replication: 2, stamp: 1002)
        for node in 1...2 { try cluster.received(node, block, stamp: 1002) }
        let replica = ReportedReplica(
            block: block, generationStamp: GenerationStamp(1001), length: 10, state: .underRecovery)
        try cluster.join(3, replicas: [replica])
        #expect(try await invalidated(pass(cluster, 2000, [1, 2, 3])) == [block])
    }
}
