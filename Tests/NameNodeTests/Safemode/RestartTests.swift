import Core
import MetaStore
import Synchronization
import Testing

@testable import NameNode

@Suite struct RestartTests {
    private func replica(_ block: BlockID) -> ReportedReplica {
        ReportedReplica(block: block, generationStamp: GenerationStamp(1001), length: 10)
    }

    /// A namenode that started again on the metadata of a cluster of three nodes and one block.
    private func restarted() async throws -> (cluster: BlockCluster, block: BlockID) {
        let before = try BlockCluster()
        for node in 1...3 { try before.join(node) }
        let block = try await before.makeBlock()
        await before.settle()
        let cluster = try BlockCluster(engine: before.engine, clock: before.clock)
        await cluster.settle()
        return (cluster, block)
    }

    @Test("A fresh namespace is out of safemode at once")
    func fresh() async throws {
        let cluster = try BlockCluster()
        #expect(cluster.manager.safemode.isOn)
        await cluster.settle()
        #expect(!cluster.manager.safemode.isOn)
    }

    @Test(
        "A namespace of directories and empty files is out of safemode at once after a crash, one with a block is not")
    func withoutBlocks() async throws {
        for hasBlock in [false, true] {
            let (before, after) = (try TemporaryDirectory(), try TemporaryDirectory())
            try await TestNamespace.with(.shards(before.path, count: 2)) { ns in
                try await ns.mkdirs("/a/b")
                try await ns.write("/a/empty")
                if hasBlock { try await ns.write("/a/full", [10]) }
                try before.copy(to: after)
            }
            let configuration = NameNodeConfiguration(directory: after.path)
            let clock = ManualClock()
            let open = OpenedEngine.shards(configuration, clock: clock, logger: TestNamespace.quiet)
            let opened = try open { error in Issue.record("the engine failed: \(error)") }
            // Then the rows that safemode asks for are in memory, and `settle` waits for all of it.
            _ = try await withCheckedThrowingContinuation { done in
                opened.engine.read({ view throws(PlanInterrupt) in try DatanodeRow.all(view) }) {
                    done.resume(with: $0)
                }
            }
            let cluster = try BlockCluster(engine: opened.engine, clock: clock)
            await cluster.settle()
            #expect(cluster.manager.safemode.isOn == hasBlock)
            try opened.engine.close()
        }
    }

    @Test("After a restart safemode ends with the last node's report, without any time passing")
    func lastReport() async throws {
        let (cluster, block) = try await restarted()
        let isOff = Mutex<Bool?>(nil)
        cluster.manager.safemode.whenOff(withinMs: 30_000) { met in isOff.withLock { $0 = met } }
        for node in 1...2 { try cluster.join(node, replicas: [replica(block)]) }
        try cluster.register(3)
        await cluster.settle()
        #expect(cluster.manager.safemode.isOn && isOff.withLock { $0 } == nil)
        #expect(cluster.manager.safemode.reason.contains("2 datanode(s) complete, 1 reporting"))
        #expect(cluster.holders(block).sorted() == [1, 2], "reads are served in safemode")
        try cluster.report(3, [replica(block)])
        await cluster.settle()
        #expect(!cluster.manager.safemode.isOn && isOff.withLock { $0 } == true)
    }

    @Test("A node that stays away is waited for 10 s, then its blocks are copied once it is dead")
    func missing() async throws {
        let (cluster, block) = try await restarted()
        for node in 1...2 { try cluster.join(node, replicas: [replica(block)]) }
        try cluster.join(4)
        await cluster.advance(byMs: 9999)
        #expect(cluster.manager.safemode.isOn)
        await cluster.advance(byMs: 1)
        #expect(!cluster.manager.safemode.isOn)
        #expect(cluster.manager.statistics().underReplicatedBlocks == 1)
    }

    @Test("Who waits for the end of safemode is refused when it takes too long")
    func tooLong() async throws {
        let (cluster, _) = try await restarted()
        let isOff = Mutex<Bool?>(nil)
        cluster.manager.safemode.whenOff(withinMs: 5000) { met in isOff.withLock { $0 = met } }
        await cluster.advance(byMs: 4999)
        #expect(isOff.withLock { $0 } == nil)
        await cluster.advance(byMs: 1)
        #expect(isOff.withLock { $0 } == false)
    }

    @Test("The monitor's own thread ends safemode and wakes who waits, in real time")
    func realTime() async throws {
        let cluster = try BlockCluster()
        try cluster.manager.start()
        let isOff = await withCheckedContinuation { done in
            cluster.manager.safemode.whenOff(withinMs: 60_000) { done.resume(returning: $0) }
        }
        cluster.manager.stop()
        #expect(isOff)
    }
}
