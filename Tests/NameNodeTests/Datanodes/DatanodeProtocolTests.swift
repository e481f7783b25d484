import Core
import Logging
import NIOCore
import NIOPosix
import SwiftProtobuf
import Synchronization
import Testing
import Transport
import WireProtocol

@testable import NameNode

@Suite struct DatanodeProtocolTests {
    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// A namenode's datanode protocol on a real server, and a client for each datanode.
    private func withServer(
        _ body: (BlockCluster, (String) -> RPCClient) async throws -> Void
    ) async throws {
        let cluster = try BlockCluster()
        try cluster.manager.start()
        let handler = DatanodeProtocolHandler(
            blocks: cluster.manager, rounds: ReadRounds(), clusterID: "CID-1", poolID: "BP-1"
        ) { _, done in done(.success(())) }
        let (server, port) = try await Self.start(handler)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        var result: Result<Void, any Error> = .success(())
        do {
            try await body(cluster) { protocolName in
                RPCClient(
                    host: "127.0.0.1", port: port, user: "hdfs", protocolName: protocolName, group: group,
                    logger: Self.quiet)
            }
        } catch {
            result = .failure(error)
        }
        await server.stop(drainMs: 1000)
        cluster.manager.stop()
        try await group.shutdownGracefully()
        try result.get()
    }

    private func identity(_ number: Int) -> Hfs_Datanode_DatanodeIdentity {
        BlockCluster.descriptor(number).registrationProto
    }

    /// On a free port below those that the system gives out.
    private static func start(_ handler: DatanodeProtocolHandler) async throws -> (RPCServer, UInt16) {
        for _ in 0..<50 {
            let port = UInt16.random(in: 10_000...31_999)
            let server = RPCServer(
                host: "127.0.0.1", port: port, services: [handler], logger: quiet, metrics: MetricsRegistry())
            do {
                return (server, try await server.start())
            } catch { continue }
        }
        throw HFSError(.io, "no free port")
    }

    /// The error that a call ends with.
    private func refusal<R>(_ body: () async throws(HFSError) -> R) async -> String {
        do throws(HFSError) {
            _ = try await body()
            return "taken"
        } catch {
            return error.message
        }
    }

    private func registration(
        _ number: Int, cluster: String? = nil, pool: String? = nil, layout: UInt32 = 1, port: UInt32 = 9001
    ) -> Hfs_Datanode_RegisterRequest {
        var request = Hfs_Datanode_RegisterRequest()
        request.datanode = identity(number)
        request.datanode.transferPort = port
        request.layoutVersion = layout
        if let cluster { request.clusterID = cluster }
        if let pool { request.poolID = pool }
        var storage = Hfs_Datanode_StorageState()
        storage.storageID = "DS-\(number)"
        storage.capacityBytes = 1000
        storage.usedBytes = 100
        storage.remainingBytes = 900
        request.storages = [storage]
        return request
    }

    private func register(_ client: RPCClient, _ request: Hfs_Datanode_RegisterRequest) async throws(HFSError)
        -> Hfs_Datanode_RegisterResponse
    {
        try await client.call("register", request, deadlineMs: 10_000)
    }

    @Test("A datanode registers, reports, calls and is gone with its connection")
    func session() async throws {
        try await withServer { cluster, client in
            let node = client("hfs.DatanodeProtocol")
            let answer = try await register(node, registration(1))
            #expect(answer.clusterID == "CID-1" && answer.poolID == "BP-1" && answer.needsFullReport)
            #expect(answer.heartbeatIntervalMs == 1000)

            let block = try await cluster.makeBlock(replication: 1)
            var report = Hfs_Datanode_BucketReportRequest()
            report.uuid = "node-1"
            report.storageID = "DS-1"
            report.hashes = Array(repeating: 0, count: Limits.blockReportBuckets)
            let bucket = BlockReportHash.bucket(of: block)
            report.hashes[bucket] = BlockReportHash.contribution(block, GenerationStamp(1001), length: 10)
            let differing: Hfs_Datanode_BucketReportResponse = try await node.call(
                "bucketReport", report, deadlineMs: 10_000)
            #expect(differing.differingBuckets == [UInt32(bucket)])

            var contents = Hfs_Datanode_BucketContentsRequest()
            contents.uuid = "node-1"
            contents.storageID = "DS-1"
            contents.buckets = differing.differingBuckets
            contents.replicas = [block.rawValue, 1001, 10, 0]
            let _: Hfs_Datanode_BucketContentsResponse = try await node.call(
                "bucketContents", contents, deadlineMs: 10_000)
            #expect(cluster.holders(block) == [1])

            var heartbeat = Hfs_Datanode_HeartbeatRequest()
            heartbeat.uuid = "node-1"
            heartbeat.storages = registration(1).storages
            let beat: Hfs_Datanode_HeartbeatResponse = try await node.call("heartbeat", heartbeat, deadlineMs: 10_000)
            #expect(!beat.mustRegister && beat.commands.isEmpty)
            #expect(
                try cluster.manager.chooseTargets(PlacementRequest(writer: nil, replication: 1, blockSize: 1)).count
                    == 1)

            await node.close()
            while cluster.manager.statistics().disconnectedDatanodes == 0 { await Task.yield() }
            #expect(throws: HFSError.self) {
                try cluster.manager.chooseTargets(PlacementRequest(writer: nil, replication: 1, blockSize: 1))
            }
        }
    }

    @Test("A datanode of another cluster, another pool or a newer layout is refused with what is wrong")
    func wrongCluster() async throws {
        try await withServer { cluster, client in
            let node = client("hfs.DatanodeProtocol")
            for (request, text) in [
                (registration(1, cluster: "CID-2"), "belongs to cluster CID-2, this namenode to cluster CID-1"),
                (
                    registration(1, cluster: "CID-1", pool: "BP-7"),
                    "holds blocks of pool BP-7, this namenode has pool BP-1"
                ),
            ] {
                let refusal = await refusal { () throws(HFSError) in try await register(node, request) }
                #expect(refusal.contains(text))
            }
            let newer = registration(1, layout: 99)
            let tooNew = await refusal { () throws(HFSError) in try await register(node, newer) }
            #expect(tooNew.contains("layout version 99"))
            #expect(cluster.manager.datanodeReports().isEmpty)
            _ = try await register(node, registration(1, cluster: "CID-1", pool: "BP-1"))
            #expect(cluster.manager.datanodeReports().count == 1)
            await node.close()
        }
    }

    @Test("A heartbeat of an unknown node is told to register; nonsense is refused")
    func unknown() async throws {
        try await withServer { cluster, client in
            let node = client("hfs.DatanodeProtocol")
            var heartbeat = Hfs_Datanode_HeartbeatRequest()
            heartbeat.uuid = "node-1"
            let beat: Hfs_Datanode_HeartbeatResponse = try await node.call("heartbeat", heartbeat, deadlineMs: 10_000)
            #expect(beat.mustRegister)
            let badPort = await refusal { () throws(HFSError) in try await register(node, registration(1, port: 70_000))
            }
            #expect(badPort.contains("transfer port 70000 is out of range"))
            _ = try await register(node, registration(1))
            var request = Hfs_Datanode_BucketContentsRequest()
            request.uuid = "node-1"
            request.storageID = "DS-1"
            request.buckets = [0]
            request.replicas = [1, 2, 3]
            let contents = request
            let badCount = await refusal { () throws(HFSError) -> Hfs_Datanode_BucketContentsResponse in
                try await node.call("bucketContents", contents, deadlineMs: 10_000)
            }
            #expect(badCount.contains("do not make replicas"))
            await node.close()
        }
    }

    @Test("Commands keep their meaning on the wire")
    func commands() {
        let block = BlockVersion(id: BlockID(4096), generationStamp: GenerationStamp(1001), length: 5)
        let transfer = DatanodeCommand.transfer(block, targets: [BlockCluster.location(2)]).proto
        #expect(transfer.transfer.block.blockID == 4096 && transfer.transfer.targets.map(\.storageID) == ["DS-2"])
        #expect(transfer.isInitialized && !transfer.hasInvalidate)
        let recover = DatanodeCommand.recover(
            block, recoveryID: GenerationStamp(1002), replicas: [BlockCluster.location(1), BlockCluster.location(2)]
        ).proto
        #expect(recover.recover.recoveryID == 1002 && recover.recover.replicas.count == 2 && recover.isInitialized)
        let invalidate = DatanodeCommand.invalidate([block]).proto
        #expect(invalidate.invalidate.blocks.map(\.length) == [5] && invalidate.isInitialized)
        let send = DatanodeCommand.sendBuckets(storageID: "DS-1", buckets: [3, 4]).proto
        #expect(send.sendBuckets.buckets == [3, 4] && send.isInitialized)
    }
}
