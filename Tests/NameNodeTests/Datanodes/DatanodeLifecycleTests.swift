import Core
import MetaStore
import Synchronization
import Testing

@testable import NameNode

@Suite struct DatanodeLifecycleTests {
    private func targets(_ cluster: BlockCluster, _ replication: Int = 3, writer: String? = nil) throws -> [String] {
        try cluster.manager.chooseTargets(
            PlacementRequest(writer: writer, replication: replication, blockSize: 100)
        ).map(\.datanode.uuid)
    }

    @Test("A node whose connection closes is at once not chosen, and chosen again when it registers")
    func disconnect() async throws {
        let cluster = try BlockCluster()
        for node in 1...3 { try cluster.join(node) }
        #expect(Set(try targets(cluster)) == ["node-1", "node-2", "node-3"])
        cluster.disconnect(2)
        #expect(Set(try targets(cluster)) == ["node-1", "node-3"])
        try cluster.join(2)
        #expect(Set(try targets(cluster)) == ["node-1", "node-2", "node-3"])
    }

    @Test("The writer's own node comes first, by address or host name")
    func localFirst() async throws {
        let cluster = try BlockCluster()
        for node in 1...5 { try cluster.join(node) }
        for _ in 0..<20 {
            #expect(try targets(cluster, writer: "10.0.0.4").first == "node-4")
            #expect(try targets(cluster, writer: "host-2").first == "node-2")
        }
    }

    @Test("With no node left the writer gets HDFS's error")
    func nobody() async throws {
        let cluster = try BlockCluster()
        try cluster.join(1)
        cluster.disconnect(1)
        let error = try #require(throws: HFSError.self) { try targets(cluster) }
        #expect(error.code == .noDatanodes && error.message.contains("There are 0 datanode(s) running and no node(s)"))
    }

    @Test("A reader of an inline block waits for a node whose connection closed, and hears when it is back or too late")
    func inlineReaders() async throws {
        let cluster = try BlockCluster()
        let heard = Mutex<[Bool]>([])
        let wait = {
            cluster.manager.whenDatanodeConnected(withinMs: 10_000) { met in heard.withLock { $0.append(met) } }
        }
        try cluster.join(1)
        await cluster.settle()
        wait()
        #expect(heard.withLock { $0 } == [true])
        cluster.disconnect(1)
        #expect(cluster.manager.inlineLocations(of: BlockID(16), count: 3, reader: nil).isEmpty)
        wait()
        #expect(heard.withLock { $0 } == [true], "its report is complete, but it cannot fetch anything")
        try cluster.join(1)
        #expect(heard.withLock { $0 } == [true, true])
        cluster.disconnect(1)
        wait()
        await cluster.advance(byMs: 10_000)
        #expect(heard.withLock { $0 } == [true, true, false])
        await cluster.advance(byMs: 20_000)
        wait()
        #expect(heard.withLock { $0 } == [true, true, false, false], "a dead node is not waited for")
    }

    @Test("A silent node turns stale, then dead; a heartbeat of a dead node must register")
    func silence() async throws {
        let cluster = try BlockCluster()
        try cluster.join(1)
        try cluster.join(2)
        await cluster.advance(byMs: 30_001)
        _ = try cluster.heartbeat(2)
        #expect(cluster.manager.datanodeReports().map(\.state) == [.stale, .live])
        #expect(try targets(cluster, 1) == ["node-2"])
        #expect(Set(try targets(cluster, 2)) == ["node-1", "node-2"])
        await cluster.advance(byMs: 600_000)
        #expect(cluster.manager.datanodeReports().map(\.state) == [.dead, .stale])
        let answer = try cluster.manager.heartbeat("node-1", [], transfers: 0, on: cluster.connection(1))
        #expect(answer == nil)
    }

    @Test("A node without a connection is dead after 30 s, and leaves the list that a restart waits for")
    func death() async throws {
        let cluster = try BlockCluster()
        let block = try await cluster.makeBlock()
        for node in 1...3 { try cluster.join(node) }
        try cluster.received(1, block)
        await cluster.settle()
        cluster.disconnect(1)
        await cluster.advance(byMs: 29_999)
        #expect(cluster.holders(block) == [1])
        #expect(cluster.manager.statistics().disconnectedDatanodes == 1)
        await cluster.advance(byMs: 1)
        #expect(cluster.holders(block).isEmpty)
        #expect(cluster.manager.statistics().deadDatanodes == 1)
        let engine = try #require(cluster.engine as? MemoryEngine)
        #expect(engine.dump().rows.count { $0.key.table == .system } == 2)
        try cluster.join(
            1, replicas: [ReportedReplica(block: block, generationStamp: GenerationStamp(1001), length: 10)])
        await cluster.settle()
        #expect(cluster.holders(block) == [1])
        #expect(engine.dump().rows.count { $0.key.table == .system } == 3)
    }

    @Test("Of two nodes with one uuid the newer registration holds, and the older one is told so")
    func sameUUID() async throws {
        let cluster = try BlockCluster()
        try cluster.register(1)
        let older = cluster.connection(1)
        try cluster.register(1)
        #expect(try cluster.manager.heartbeat("node-1", [], transfers: 0, on: cluster.connection(1)) != nil)
        let error = try #require(throws: HFSError.self) {
            try cluster.manager.heartbeat("node-1", [], transfers: 0, on: older)
        }
        #expect(error.code == .wrongCluster)
        cluster.manager.connectionClosed(older)
        #expect(cluster.manager.datanodeReports().map(\.state) == [.live])
    }

    @Test("Reads go to the reader's host first, to stale and disconnected nodes last")
    func readOrder() async throws {
        let cluster = try BlockCluster()
        let block = try await cluster.makeBlock(replication: 4)
        for node in 1...4 {
            try cluster.join(node)
            try cluster.received(node, block)
        }
        await cluster.settle()
        cluster.disconnect(1)
        cluster.clock.advance(byMs: 29_000)
        for node in [2, 4] { _ = try cluster.heartbeat(node) }
        cluster.clock.advance(byMs: 2000)
        for _ in 0..<20 { #expect(cluster.holders(block, reader: "10.0.0.4") == [4, 2, 3, 1]) }
        let others = Set((0..<50).map { _ in cluster.holders(block).prefix(2).map(\.self) })
        #expect(others == [[2, 4], [4, 2]])
    }

    @Test("An unregistered node is told to register, and its reports change nothing")
    func unknownNode() async throws {
        let cluster = try BlockCluster()
        #expect(try cluster.manager.heartbeat("node-9", [], transfers: 0, on: DatanodeConnection(99)) == nil)
        let error = try #require(throws: HFSError.self) { try cluster.report(9, []) }
        #expect(error.code == .retriable)
    }

    @Test("The figures count live nodes' room")
    func figures() async throws {
        let cluster = try BlockCluster()
        for node in 1...3 { try cluster.join(node) }
        let figures = cluster.manager.statistics()
        #expect(figures.capacityBytes == 3 << 41 && figures.remainingBytes == 3 << 40 && figures.liveDatanodes == 3)
        let report = try #require(cluster.manager.datanodeReports().first)
        #expect(report.lastHeartbeatMs == cluster.clock.nowMs && report.isLive && report.capacityBytes == 1 << 41)
    }
}
