import Client
import Core
import Logging
import Transport

/// Fake namenodes and datanodes on real sockets, and a client of them.
struct FakeCluster {
    let fs: HFSFileSystem
    let namenode: FakeNamenode
    let datanodes: [FakeDatanode]
    let blocks: FakeBlocks

    static func run(
        datanodes count: Int = 3, inlineBytesMax: UInt32 = 0, inline: FakeInlineNamenode? = nil,
        configure: (inout ClientConfiguration) -> Void = { _ in },
        _ body: (FakeCluster) async throws -> Void
    ) async throws {
        let blocks = FakeBlocks()
        var datanodes: [FakeDatanode] = []
        for number in 0..<count { datanodes.append(try FakeDatanode(number, blocks: blocks)) }
        let namenode = FakeNamenode(nodes: datanodes, inlineBytesMax: inlineBytesMax)
        var services: [any RPCService] = [namenode]
        if let inline { services.append(inline) }
        let offered = services
        let (server, port) = try await TestPorts.bind { (port) async throws(HFSError) in
            let server = RPCServer(
                host: "127.0.0.1", port: port, services: offered,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, metrics: MetricsRegistry())
            return (server, try await server.start())
        }
        var configuration = ClientConfiguration()
        configuration.retryPauseMs = 5
        configuration.operationDeadlineMs = 20_000
        configure(&configuration)
        let fs = try await HFSFileSystem.connect("hdfs://127.0.0.1:\(port)", user: "u", configuration: configuration)
        do {
            try await body(FakeCluster(fs: fs, namenode: namenode, datanodes: datanodes, blocks: blocks))
        } catch {
            await stop(fs, server, datanodes)
            throw error
        }
        await stop(fs, server, datanodes)
    }

    private static func stop(_ fs: HFSFileSystem, _ server: RPCServer, _ datanodes: [FakeDatanode]) async {
        await fs.close()
        await server.stop(drainMs: 0)
        for datanode in datanodes { datanode.stop() }
    }

    /// What the namenode's file holds by its block list.
    var content: [UInt8] {
        namenode.blocks.flatMap { block in blocks.bytes(of: block.id.rawValue).prefix(Int(block.length)) }
    }

    /// Bytes that differ from each other in every chunk.
    static func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) }
    }
}
