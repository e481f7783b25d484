import Core
import Synchronization
import Testing
import WireProtocol

@testable import NameNode

@Suite struct BlockReportTests {
    private func replica(
        _ block: BlockID, stamp: UInt64 = 1001, length: UInt64 = 10, _ state: ReplicaState = .finalized
    ) -> ReportedReplica {
        ReportedReplica(block: block, generationStamp: GenerationStamp(stamp), length: length, state: state)
    }

    private func invalidated(_ commands: [DatanodeCommand]) -> [BlockID] {
        commands.flatMap { command -> [BlockID] in
            guard case .invalidate(let blocks) = command else { return [] }
            return blocks.map(\.id)
        }
    }

    @Test("Replicas of removed blocks are deleted, once, and forgotten when the node says so")
    func unknownBlock() async throws {
        let cluster = try BlockCluster()
        let block = try await cluster.makeBlock()
        try await cluster.removeBlock(block)
        try cluster.join(1, replicas: [replica(block)])
        await cluster.settle()
        #expect(cluster.holders(block).isEmpty)
        #expect(invalidated(try cluster.heartbeat(1)) == [block])
        #expect(invalidated(try cluster.heartbeat(1)).isEmpty)
        #expect(cluster.manager.statistics().pendingDeletionReplicas == 1)
        try cluster.change(1, .deleted, block)
        #expect(cluster.manager.statistics().pendingDeletionReplicas == 0)
    }

    @Test("A deletion that may have got lost with its connection is ordered again")
    func lostDeletion() async throws {
        let cluster = try BlockCluster()
        let block = try await cluster.makeBlock()
        try cluster.join(1, replicas: [replica(block)])
        await cluster.settle()
        try await cluster.removeBlock(block)
        #expect(invalidated(try cluster.heartbeat(1)) == [block])
        cluster.disconnect(1)
        try cluster.register(1)
        await cluster.settle()
        #expect(invalidated(try cluster.heartbeat(1)).isEmpty, "nothing is deleted before the report is complete")
        try cluster.report(1, [replica(block)])
        #expect(invalidated(try cluster.heartbeat(1)) == [block])
    }

    @Test("Replicas of ids that were never handed out are kept and counted, never deleted, never offered")
    func quarantine() async throws {
        let cluster = try BlockCluster()
        let foreign = BlockID(sequence: 1 << 30, shard: VirtualShard(0))
        try cluster.join(1, replicas: [replica(foreign)])
        await cluster.settle()
        #expect(cluster.manager.statistics().quarantinedReplicas == 1)
        #expect(cluster.holders(foreign).isEmpty)
        for _ in 0..<3 {
            await cluster.advance(byMs: 1000)
            #expect(try cluster.heartbeat(1).isEmpty)
        }
    }

    @Test("Nothing is deleted in safemode")
    func safemode() async throws {
        let cluster = try BlockCluster()
        let block = try await cluster.makeBlock()
        try await cluster.removeBlock(block)
        cluster.manager.safemode.enter()
        try cluster.join(1, replicas: [replica(block)])
        await cluster.settle()
        #expect(try cluster.heartbeat(1).isEmpty)
        cluster.manager.safemode.leave()
        await cluster.settle()
        #expect(invalidated(try cluster.heartbeat(1)) == [block])
    }

    @Test(
        "A replica of another length, an older stamp, or cut short is corrupt and not offered",
        arguments: [(1001, 9, 0), (1000, 10, 0), (1000, 10, 1), (1001, 5, 2)] as [(UInt64, UInt64, UInt8)])
    func corrupt(stamp: UInt64, length: UInt64, state: UInt8) async throws {
        let cluster = try BlockCluster()
        let block = try await cluster.makeBlock(replication: 2)
        let state = try #require(ReplicaState(rawValue: state))
        try cluster.join(1, replicas: [replica(block)])
        try cluster.join(2, replicas: [replica(block)])
        try cluster.join(3, replicas: [replica(block, stamp: stamp, length: length, state)])
        await cluster.settle()
        #expect(cluster.holders(block).sorted() == [1, 2])
        #expect(invalidated(try cluster.heartbeat(3)) == [block])
    }

    @Test("When every replica is corrupt they are offered as such, and none is deleted")
    func allCorrupt() async throws {
        let cluster = try BlockCluster()
        let block = try await cluster.makeBlock(replication: 2)
        for node in 1...2 { try cluster.join(node, replicas: [replica(block, length: 3)]) }
        await cluster.settle()
        let found = cluster.manager.locations(of: block, generationStamp: GenerationStamp(1001), reader: nil)
        #expect(found.isCorrupt && found.locations.count == 2)
        #expect(try cluster.heartbeat(1).isEmpty && cluster.heartbeat(2).isEmpty)
        let figures = cluster.manager.statistics()
        #expect(figures.corruptBlocks == 1 && figures.missingBlocks == 1 && figures.corruptReplicas == 2)
    }

    @Test("Contents replace a bucket, except for replicas that changed while the report was made")
    func changedDuringReport() async throws {
        let cluster = try BlockCluster()
        let old = try await cluster.makeBlock(replication: 1)
        let new = try await cluster.makeBlock(replication: 1)
        let gone = try await cluster.makeBlock(replication: 1)
        try cluster.register(1)
        // The node made its list, then wrote `new` and deleted `gone`; the changes overtake the list.
        try cluster.received(1, new)
        try cluster.change(1, .deleted, gone)
        try cluster.report(1, [replica(old), replica(gone)])
        await cluster.settle()
        #expect(cluster.holders(old) == [1] && cluster.holders(new) == [1] && cluster.holders(gone).isEmpty)
        // Later contents overrule again.
        let hashes = Array(repeating: UInt64(1), count: Limits.blockReportBuckets)
        _ = try cluster.manager.bucketReport("node-1", storageID: "DS-1", hashes: hashes, on: cluster.connection(1))
        try cluster.report(1, [replica(old)])
        await cluster.settle()
        #expect(cluster.holders(new).isEmpty)
    }

    @Test("A report that agrees everywhere is complete without contents")
    func agreeing() async throws {
        let cluster = try BlockCluster()
        let block = try await cluster.makeBlock(replication: 1)
        try cluster.join(1, replicas: [replica(block)])
        cluster.disconnect(1)
        #expect(try cluster.register(1) == false)
        var hashes = Array(repeating: UInt64(0), count: Limits.blockReportBuckets)
        hashes[BlockReportHash.bucket(of: block)] = BlockReportHash.contribution(
            block, GenerationStamp(1001), length: 10)
        let differing = try cluster.manager.bucketReport(
            "node-1", storageID: "DS-1", hashes: hashes, on: cluster.connection(1))
        await cluster.settle()
        #expect(differing.isEmpty && cluster.holders(block) == [1])
        await cluster.advance(byMs: 6000)
        #expect(try cluster.heartbeat(1).isEmpty)
    }

    @Test("A node that does not report by itself is asked for the buckets that are missing")
    func asked() async throws {
        let cluster = try BlockCluster()
        try cluster.register(1)
        try cluster.manager.bucketContents(
            "node-1", storageID: "DS-1", buckets: [0, 1], [], isLast: false, on: cluster.connection(1))
        #expect(try cluster.heartbeat(1).isEmpty)
        await cluster.advance(byMs: 5000)
        let commands = try cluster.heartbeat(1)
        guard case .sendBuckets("DS-1", let buckets)? = commands.first else {
            Issue.record("\(commands)")
            return
        }
        #expect(buckets == Array(2..<Limits.blockReportBuckets))
        #expect(try cluster.heartbeat(1).isEmpty)
    }

    @Test("Contents that make no sense are refused and change nothing")
    func nonsense() async throws {
        let cluster = try BlockCluster()
        let block = try await cluster.makeBlock()
        try cluster.join(1)
        let bucket = BlockReportHash.bucket(of: block)
        let cases: [([Int], [ReportedReplica])] = [
            ([5000], []), ([-1], []), ([3, 3], []), ([(bucket + 1) % 1024], [replica(block)]),
            ([bucket], [replica(block), replica(block)]),
        ]
        for (buckets, replicas) in cases {
            let error = try #require(throws: HFSError.self) {
                try cluster.manager.bucketContents(
                    "node-1", storageID: "DS-1", buckets: buckets, replicas, isLast: false, on: cluster.connection(1))
            }
            #expect(error.code == .invalidArgument)
        }
        #expect(cluster.manager.statistics().replicas == 0)
    }

    @Test("Who waits for a replica is told when it is reported, when time is over, or when the block goes")
    func waiting() async throws {
        let cluster = try BlockCluster()
        for node in 1...2 { try cluster.join(node) }
        let log = Mutex<[String]>([])
        func wait(_ block: BlockID, _ stamp: UInt64, _ minimum: Int, _ name: String) {
            cluster.manager.whenReported(block, GenerationStamp(stamp), minimum: minimum, withinMs: 10_000) { isMet in
                log.withLock { $0.append("\(name)=\(isMet)") }
            }
        }
        let block = try await cluster.makeBlock(state: .underConstruction)
        cluster.manager.blockAllocated(block, GenerationStamp(1001), pipeline: [BlockCluster.location(1)])
        wait(block, 1001, 1, "one")
        wait(block, 1001, 2, "two")
        wait(block, 1002, 1, "newer")
        #expect(log.withLock { $0 }.isEmpty)
        try cluster.received(1, block)
        #expect(log.withLock { $0 } == ["one=true"])
        wait(block, 1001, 1, "now")
        #expect(log.withLock { $0 } == ["one=true", "now=true"])
        try cluster.received(2, block)
        #expect(log.withLock { $0 } == ["one=true", "now=true", "two=true"])
        await cluster.advance(byMs: 9999)
        #expect(log.withLock { $0 }.count == 3)
        await cluster.advance(byMs: 1)
        #expect(log.withLock { $0 }.last == "newer=false")
        wait(block, 1002, 1, "removed")
        try await cluster.removeBlock(block)
        #expect(log.withLock { $0 }.last == "removed=false")
    }
}
