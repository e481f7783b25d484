import Core
import Foundation
import Logging
import NIOPosix
import ServiceLifecycle
import Testing
import Transport
import WireProtocol

@testable import DataNode

/// Whole datanodes in this process against a namenode that only records.
@Suite(.serialized) struct DataNodeServerTests {
    struct Cluster {
        var namenode: FakeNamenode
        var rpc: RPCServer
        var port: UInt16
        var directories: [TemporaryDirectory]

        func configuration(_ index: Int) -> DataNodeConfiguration {
            var configuration = DataNodeConfiguration(volumes: [
                VolumeConfiguration(path: directories[index].appending("v0"))
            ])
            configuration.namenodePort = port
            configuration.reservedBytes = 0
            configuration.drainMs = 200
            (configuration.transferPort, configuration.rpcPort, configuration.httpPort) = (
                Self.port(), Self.port(), Self.port()
            )
            return configuration
        }

        static func port() -> UInt16 { UInt16.random(in: 10_000...31_999) }
    }

    /// Waiting blocks a thread, so it is done away from the tasks that are waited for.
    static func blocking<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
        }
    }

    /// Runs datanodes under a service group, then ends them gracefully and waits for that.
    func withDatanodes(
        _ count: Int, _ body: @escaping @Sendable (Cluster, [DataNodeServer]) async throws -> Void
    ) async throws {
        let namenode = FakeNamenode()
        let (rpc, port) = try await Self.startRPC(namenode)
        let cluster = Cluster(
            namenode: namenode, rpc: rpc, port: port, directories: (0..<count).map { _ in TemporaryDirectory() })
        var servers: [DataNodeServer] = []
        for index in 0..<count { servers.append(try await Self.started(cluster, index)) }
        let services = servers.map { $0 as any Service }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services.map { .init(service: $0) }, logger: TestNode.quiet))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            do {
                try await Self.blocking {
                    try namenode.wait("registrations") { $0.completeReports.count == count }
                }
                try await body(cluster, servers)
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        await rpc.stop(drainMs: 100)
    }

    static func startRPC(_ namenode: FakeNamenode) async throws -> (RPCServer, UInt16) {
        for _ in 0..<50 {
            let rpc = RPCServer(
                host: "127.0.0.1", port: Cluster.port(), services: [namenode], logger: TestNode.quiet,
                metrics: MetricsRegistry())
            if let port = try? await rpc.start() { return (rpc, port) }
        }
        throw HFSError(.io, "no port")
    }

    static func started(_ cluster: Cluster, _ index: Int) async throws -> DataNodeServer {
        var last: any Error = HFSError(.io, "no port")
        for _ in 0..<50 {
            let server = DataNodeServer(cluster.configuration(index), logger: TestNode.quiet)
            do {
                try await server.start()
                return server
            } catch { last = error }
        }
        throw last
    }

    static func client(_ server: DataNodeServer) throws -> RawClient {
        try RawClient(port: try #require(server.ports).transfer)
    }

    static func descriptor(_ cluster: Cluster, _ server: DataNodeServer) throws -> DatanodeDescriptor {
        let port = try #require(server.ports).transfer
        let request = cluster.namenode.state.withLock { state in
            state.registered.values.first { $0.datanode.transferPort == UInt32(port) }
        }
        return try DatanodeDescriptor(try #require(request).datanode)
    }

    @Test func aWrittenBlockIsReportedAtOnceAndDeletedByCommand() async throws {
        try await withDatanodes(1) { cluster, servers in
            try await Self.blocking {
                let block = RawClient.block(4096, length: 1000)
                try Self.client(servers[0]).write(block, RawClient.pattern(1000))
                try cluster.namenode.wait("received") { state in
                    state.changes.contains {
                        $0.kind == .received && $0.block.blockID == 4096 && $0.block.length == 1000
                    }
                }
                let node = try Self.descriptor(cluster, servers[0])
                cluster.namenode.command(node.uuid) {
                    $0.invalidate.blocks = [
                        NamenodeCalls.ref(BlockID(4096), GenerationStamp(1001), 1000),
                        NamenodeCalls.ref(BlockID(8192), GenerationStamp(1001), 1),
                    ]
                }
                try cluster.namenode.wait("deleted") { state in
                    Set(state.changes.filter { $0.kind == .deleted }.map(\.block.blockID)) == [4096, 8192]
                }
                #expect(throws: HFSError.self) { try Self.client(servers[0]).read(block, length: 1000) }
            }
        }
    }

    @Test func aReadInTheNameOfARunIsToldToTheNamenodeAtOnce() async throws {
        try await withDatanodes(1) { cluster, servers in
            try await Self.blocking {
                let token = BlockAccessToken(identifier: [1, 2], password: [3])
                let block = RawClient.block(4096, length: 1000)
                try Self.client(servers[0]).write(block, RawClient.pattern(1000))
                for _ in 0..<2 {
                    let client = try Self.client(servers[0])
                    client.token = token
                    _ = try client.read(block, length: 1000)
                }
                try cluster.namenode.wait("the read") { $0.reads == [token] }
            }
        }
    }

    @Test func readsThatTheNamenodeCannotTakeNowAreToldAgainInTheSameSession() async throws {
        try await withDatanodes(1) { cluster, servers in
            try await Self.blocking {
                let token = BlockAccessToken(identifier: [1, 2], password: [3])
                let block = RawClient.block(4096, length: 10)
                try Self.client(servers[0]).write(block, RawClient.pattern(10))
                cluster.namenode.state.update { $0.readsToRefuse = 3 }
                let client = try Self.client(servers[0])
                client.token = token
                _ = try client.read(block, length: 10)
                try cluster.namenode.wait("the read") { $0.reads == [token] && $0.readsToRefuse < 0 }
                #expect(cluster.namenode.state.withLock { $0.registrations } == 1)
            }
        }
    }

    @Test func whatTheLogMayNotHaveIsToldToANamenodeThatStartsAnewBeforeTheReport() async throws {
        try await withDatanodes(1) { cluster, servers in
            let tokens = (1...2).map { BlockAccessToken(identifier: [UInt8($0)], password: [3]) }
            let block = RawClient.block(4096, length: 10)
            let read = { @Sendable (token: BlockAccessToken) throws in
                let client = try Self.client(servers[0])
                client.token = token
                _ = try client.read(block, length: 10)
            }
            try await Self.blocking {
                try Self.client(servers[0]).write(block, RawClient.pattern(10))
                try read(tokens[0])
                try cluster.namenode.wait("the read") { $0.reads == [tokens[0]] }
                // The second heartbeat from here on was surely asked for after the answer to the first one arrived.
                cluster.namenode.state.update { state in
                    state.durableReads = 7
                    state.heartbeats = 0
                }
                try cluster.namenode.wait("heartbeats") { $0.heartbeats >= 3 }
                cluster.namenode.state.update { $0.durableReads = 6 }
                try cluster.namenode.wait("heartbeats") { $0.heartbeats >= 6 }
                try read(tokens[1])
                try cluster.namenode.wait("the other read") { $0.reads == tokens }
            }
            await cluster.rpc.stop(drainMs: 0)
            cluster.namenode.state.update { state in
                (state.reads, state.readsBeforeReport) = ([], nil)
            }
            let again = RPCServer(
                host: "127.0.0.1", port: cluster.port, services: [cluster.namenode], logger: TestNode.quiet,
                metrics: MetricsRegistry())
            _ = try await again.start()
            try await Self.blocking {
                try cluster.namenode.wait("the report") { $0.readsBeforeReport == [tokens[1]] }
            }
            await again.stop(drainMs: 0)
        }
    }

    @Test func aBlockOfTheNamenodesThatIsReadInPiecesIsFetchedOnce() async throws {
        try await withDatanodes(1) { cluster, servers in
            try await Self.blocking {
                let bytes = RawClient.pattern(5000)
                cluster.namenode.state.update { $0.inline[4096] = bytes }
                let block = RawClient.block(4096, length: 5000)
                for offset in stride(from: 0, to: 5000, by: 1000) {
                    let piece = try Self.client(servers[0]).read(block, offset: UInt64(offset), length: 1000)
                    #expect(piece == Array(bytes[offset..<offset + 1000]))
                }
                #expect(cluster.namenode.state.withLock { $0.inlineReads } == [4096])
                // What there is none of is asked for each time: it may come.
                for _ in 0..<2 {
                    #expect(throws: HFSError.self) {
                        try Self.client(servers[0]).read(RawClient.block(8192, length: 1), length: 1)
                    }
                }
                #expect(cluster.namenode.state.withLock { $0.inlineReads } == [4096, 8192, 8192])
            }
        }
    }

    @Test func aBrokenConnectionIsMadeAgainAtOnceAndTheReportCompleted() async throws {
        try await withDatanodes(1) { cluster, servers in
            try await Self.blocking { try Self.client(servers[0]).write(RawClient.block(4096), RawClient.pattern(10)) }
            await cluster.rpc.stop(drainMs: 0)
            // While the namenode is away blocks are still written.
            try await Self.blocking { try Self.client(servers[0]).write(RawClient.block(8192), RawClient.pattern(10)) }
            cluster.namenode.state.update { state in
                state.needsFullReport = false
                state.completeReports = []
                state.registrations = 0
            }
            let again = RPCServer(
                host: "127.0.0.1", port: cluster.port, services: [cluster.namenode], logger: TestNode.quiet,
                metrics: MetricsRegistry())
            _ = try await again.start()
            try await Self.blocking {
                try cluster.namenode.wait("another registration") { $0.registrations == 1 }
                try cluster.namenode.wait("the report") { $0.completeReports.count == 1 }
                try cluster.namenode.wait("contents") { state in
                    state.contents.values.first.map { Set($0.keys) } == [4096, 8192]
                }
            }
            await again.stop(drainMs: 0)
        }
    }

    @Test func aReaderOfAnInlineBlockWaitsForANamenodeThatComesBack() async throws {
        try await withDatanodes(1) { cluster, servers in
            cluster.namenode.state.update { $0.inline[4096] = RawClient.pattern(1000) }
            await cluster.rpc.stop(drainMs: 0)
            async let bytes = Self.blocking {
                try Self.client(servers[0]).read(RawClient.block(4096, length: 1000), length: 1000)
            }
            let again = RPCServer(
                host: "127.0.0.1", port: cluster.port, services: [cluster.namenode], logger: TestNode.quiet,
                metrics: MetricsRegistry())
            _ = try await again.start()
            #expect(try await bytes == RawClient.pattern(1000))
            await again.stop(drainMs: 0)
        }
    }

    @Test func aReplicaIsCopiedByCommand() async throws {
        try await withDatanodes(2) { cluster, servers in
            try await Self.blocking {
                let data = RawClient.pattern(200_000)
                let block = RawClient.block(4096, length: 200_000)
                try Self.client(servers[0]).write(block, data)
                let target = LocatedBlock.Location(
                    datanode: try Self.descriptor(cluster, servers[1]), storageID: "", storageKind: .disk)
                cluster.namenode.command(try Self.descriptor(cluster, servers[0]).uuid) { command in
                    command.transfer.block = NamenodeCalls.ref(BlockID(4096), GenerationStamp(1001), 200_000)
                    command.transfer.targets = [target.targetProto]
                }
                try cluster.namenode.wait("two replicas") { state in
                    state.changes.filter { $0.kind == .received && $0.block.blockID == 4096 }.count == 2
                }
                #expect(try Self.client(servers[1]).read(block, length: 200_000) == data)
            }
        }
    }

    @Test func anAbandonedBlockIsRecoveredAndItsVisibleLengthAsked() async throws {
        try await withDatanodes(3) { cluster, servers in
            let nodes = try servers.map { try Self.descriptor(cluster, $0) }
            let data = RawClient.pattern(70_000)
            let writer = try await Self.blocking { () -> ClientBox in
                let client = try Self.client(servers[0])
                try client.startWrite(RawClient.block(4096), to: Array(nodes.dropFirst()))
                #expect(try client.response().status == .success)
                try client.send(RawClient.packet(0, 0, Array(data[..<60_000])))
                #expect(try client.ack().isSuccess)
                return ClientBox(client)
            }
            let rpc = RPCClient(
                host: "127.0.0.1", port: nodes[2].rpcPort, user: "test",
                protocolName: "org.apache.hadoop.hdfs.protocol.ClientDatanodeProtocol",
                group: MultiThreadedEventLoopGroup.singleton,
                logger: TestNode.quiet)
            var request = Hadoop_Hdfs_GetReplicaVisibleLengthRequestProto()
            request.block = RawClient.block(4096).proto
            let answer: Hadoop_Hdfs_GetReplicaVisibleLengthResponseProto = try await rpc.call(
                "getReplicaVisibleLength", request, deadlineMs: 5_000)
            #expect(answer.length == 60_000)
            await rpc.close()
            // The writer is still connected; recovery stops it.
            cluster.namenode.command(nodes[1].uuid) { command in
                command.recover.block = NamenodeCalls.ref(BlockID(4096), GenerationStamp(1001), 0)
                command.recover.recoveryID = 1010
                command.recover.replicas = nodes.map {
                    LocatedBlock.Location(datanode: $0, storageID: "", storageKind: .disk).targetProto
                }
            }
            try await Self.blocking {
                try cluster.namenode.wait("the recovery") { !$0.recoveries.isEmpty }
                let recovery = cluster.namenode.state.withLock { $0.recoveries[0] }
                #expect(recovery.length == 60_000 && !recovery.deleteBlock && recovery.replicas.count == 3)
                #expect(Set(recovery.replicas.map(\.datanode.uuid)) == Set(nodes.map(\.uuid)))
                #expect(recovery.replicas.allSatisfy { $0.storageID.hasPrefix("DS-") })
                for server in servers {
                    #expect(
                        try Self.client(server).read(RawClient.block(4096, 1010), length: 60_000)
                            == Array(data[..<60_000]))
                }
                #expect(writer.client.isClosed())
            }
        }
    }

    @Test func aNamenodeOfAnotherClusterEndsTheDatanode() async throws {
        let directory = TemporaryDirectory()
        do { try TestNode.openStore(directory).bind(clusterID: "CID-other", poolID: "BP-other") }
        let namenode = FakeNamenode()
        let (rpc, port) = try await Self.startRPC(namenode)
        let cluster = Cluster(namenode: namenode, rpc: rpc, port: port, directories: [directory])
        let server = try await Self.started(cluster, 0)
        let error = await #expect(throws: HFSError.self) { try await server.run() }
        #expect(error?.code == .wrongCluster)
        #expect("\(error!)".contains("CID-other"))
        await rpc.stop(drainMs: 0)
    }

    @Test func adminPagesShowFiguresAndHealth() async throws {
        try await withDatanodes(1) { _, servers in
            let port = try #require(servers[0].ports).http
            let pages = try await Self.blocking { () -> [String] in
                try ["/metrics", "/health"].map { path in
                    let socket = try BlockingSocket.connect(host: "127.0.0.1", port: port, timeoutMs: 1000)
                    try socket.writeAll(Array("GET \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".utf8))
                    let reader = BufferedSocketReader(socket)
                    var bytes: [UInt8] = []
                    while (try? reader.waitForInput(timeoutMs: 2000)) == true { bytes.append(try reader.readUInt8()) }
                    return String(decoding: bytes, as: UTF8.self)
                }
            }
            #expect(pages[0].contains("hfs_datanode_replicas 0"))
            #expect(pages[1].contains("200 OK") && pages[1].contains("ok"))
        }
    }
}

/// Takes a client from one thread to another in a test, where one at a time uses it.
final class ClientBox: @unchecked Sendable {
    let client: RawClient
    init(_ client: RawClient) { self.client = client }
}
