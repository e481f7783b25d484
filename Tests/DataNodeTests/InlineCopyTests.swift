import Core
import Testing
import Transport
import WireProtocol

@testable import DataNode

/// Copies of blocks that the namenode keeps itself: once enough datanodes have one, its own bytes go.
extension DataNodeServerTests {
    @Test func aCopyOfWhatTheNamenodeKeepsHasTheOrderedStampAndIsToBeSynced() async throws {
        try await withDatanodes(1) { cluster, servers in
            let data = RawClient.pattern(1000)
            cluster.namenode.state.update { $0.inline[4096] = data }
            let node = try Self.descriptor(cluster, servers[0])
            try await Self.blocking {
                let listener = try BlockingListener(host: "127.0.0.1", port: 0)
                let target = LocatedBlock.Location(
                    datanode: DatanodeDescriptor(
                        uuid: "target", address: "127.0.0.1", hostName: "localhost", transferPort: listener.port,
                        httpPort: 0, rpcPort: 0),
                    storageID: "", storageKind: .disk)
                cluster.namenode.command(node.uuid) { command in
                    command.transfer.block = NamenodeCalls.ref(BlockID(4096), GenerationStamp(2000), 1000)
                    command.transfer.targets = [target.targetProto]
                }
                let socket = try #require(try listener.accept())
                socket.setTimeouts(readMs: 60_000, writeMs: 60_000)
                let reader = BufferedSocketReader(socket)
                _ = try reader.readBytes(3)
                let operation = try MessageCoding.decode(
                    Hadoop_Hdfs_OpWriteBlockProto.self, from: try reader.readDelimited())
                #expect(operation.header.baseHeader.block.generationStamp == 2000)
                let packet = PacketBuffer()
                var bytes: [UInt8] = []
                repeat {
                    try packet.receive(reader, format: .standard)
                    bytes += Array(packet.data)
                } while !packet.header.isLastInBlock
                #expect(packet.header.isSync)
                #expect(bytes == data)
            }
        }
    }
}
