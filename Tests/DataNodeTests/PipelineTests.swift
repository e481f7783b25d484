import Core
import Foundation
import Testing
import Transport
import WireProtocol

@testable import DataNode

@Suite struct PipelineTests {
    static func nodes(_ count: Int) throws -> [TestNode] { try (0..<count).map { _ in try TestNode() } }

    @Test(arguments: [1, 2, 3])
    func everyNodeOfAPipelineHoldsTheBlockAndReportsItBeforeTheLastAnswer(count: Int) throws {
        let nodes = try Self.nodes(count)
        let data = RawClient.pattern(300_000)
        let block = RawClient.block(4096, length: 300_000)
        try RawClient(nodes[0]).write(block, data, to: nodes.dropFirst().map(\.descriptor))
        for node in nodes {
            #expect(node.reporter.events.contains(.received(BlockID(4096), GenerationStamp(1001), 300_000)))
            #expect(try RawClient(node).read(block, length: 300_000) == data)
        }
    }

    @Test func theFirstNodeThatCannotBeReachedIsNamed() throws {
        let nodes = try Self.nodes(2)
        var dead = nodes[0].descriptor
        dead.transferPort = 1
        let client = try RawClient(nodes[0])
        try client.startWrite(RawClient.block(4096), to: [nodes[1].descriptor, dead])
        let response = try client.response()
        #expect(response.status == .error)
        #expect(response.firstBadLink == "127.0.0.1:1")
        #expect(client.isClosed())
        // What was set up is gone, so that the client may come again with other nodes.
        let again = try RawClient(nodes[0])
        try again.startWrite(RawClient.block(4096))
        #expect(try again.response().status == .success)
    }

    @Test func aChecksumErrorAtTheTailReachesTheClientWithItsPlace() throws {
        let nodes = try Self.nodes(3)
        let client = try RawClient(nodes[0])
        try client.startWrite(RawClient.block(4096), to: nodes.dropFirst().map(\.descriptor))
        #expect(try client.response().status == .success)
        try client.send(RawClient.packet(0, 0, RawClient.pattern(1000), damage: true))
        let ack = try client.ack()
        #expect(ack.replies == [.success, .success, .errorChecksum])
        #expect(client.isClosed())
    }

    @Test(arguments: [false, true])
    func aPipelineGoesOnWithoutANodeThatIsLost(joinsNewNode: Bool) throws {
        var nodes = try Self.nodes(3)
        let data = RawClient.pattern(200_000)
        let old = RawClient.block(4096, 1001)
        let client = try RawClient(nodes[0])
        try client.startWrite(old, to: nodes.dropFirst().map(\.descriptor))
        #expect(try client.response().status == .success)
        for sequence in 0..<3 {
            let start = sequence * 10_240
            try client.send(RawClient.packet(Int64(sequence), UInt64(start), Array(data[start..<start + 10_240])))
            #expect(try client.ack().isSuccess)
        }
        // The second node goes away in the middle of a block.
        nodes[1].server.stop(drainMs: 0)
        try client.send(RawClient.packet(3, 30_720, Array(data[30_720..<40_960])))
        var ack = try client.ack()
        if ack.isSuccess {
            try client.send(RawClient.packet(4, 40_960, Array(data[40_960..<51_200])))
            ack = try client.ack()
        }
        #expect(ack.replies == [.success, .error])
        client.socket.shutdown()

        nodes.remove(at: 1)
        if joinsNewNode {
            let new = try TestNode()
            let transfer = try RawClient(nodes[0])
            var request = Hadoop_Hdfs_OpTransferBlockProto()
            request.header.baseHeader.block = old.proto
            request.header.clientName = "client"
            request.targets = [new.descriptor.proto]
            try transfer.send(try DataTransferOperation.transferBlock.encode(request))
            #expect(try transfer.response().status == .success)
            nodes.append(new)
        }
        let recovery = try RawClient(nodes[0])
        try recovery.startWrite(
            old, to: nodes.dropFirst().map(\.descriptor), stage: .pipelineSetupStreamingRecovery, newStamp: 1005,
            minBytes: 30_720, maxBytes: 51_200)
        #expect(try recovery.response().status == .success)
        // Java sends what was not acknowledged again; some of it may be there.
        try recovery.send(RawClient.packet(0, 30_720, Array(data[30_720..<100_000])))
        try recovery.send(RawClient.packet(1, 100_000, Array(data[100_000..<100_352])))
        try recovery.send(RawClient.packet(2, 100_352, Array(data[100_352..<200_000])))
        try recovery.send(RawClient.packet(3, 200_000, [], isLast: true))
        for _ in 0..<4 { #expect(try recovery.ack().replies == nodes.map { _ in .success }) }
        for node in nodes {
            let block = RawClient.block(4096, 1005)
            #expect(node.reporter.events.contains(.received(BlockID(4096), GenerationStamp(1005), 200_000)))
            #expect(try RawClient(node).read(block, length: 200_000) == data)
        }
    }

    @Test func aBlockWhoseEndWasLostIsClosedByStageFive() throws {
        let nodes = try Self.nodes(2)
        let data = RawClient.pattern(5_000)
        let client = try RawClient(nodes[0])
        try client.startWrite(RawClient.block(4096), to: [nodes[1].descriptor])
        #expect(try client.response().status == .success)
        try client.send(RawClient.packet(0, 0, data))
        #expect(try client.ack().isSuccess)
        client.socket.shutdown()
        let closing = try RawClient(nodes[0])
        try closing.startWrite(
            RawClient.block(4096), to: [nodes[1].descriptor], stage: .pipelineCloseRecovery, newStamp: 1002,
            minBytes: 5_000,
            maxBytes: 5_000)
        #expect(try closing.response().status == .success)
        for node in nodes {
            #expect(node.reporter.wait(for: .received(BlockID(4096), GenerationStamp(1002), 5_000)))
            #expect(try RawClient(node).read(RawClient.block(4096, 1002), length: 5_000) == data)
        }
    }

    @Test func recoveryRefusesReplicasThatDoNotFit() throws {
        let node = try TestNode()
        let client = try RawClient(node)
        try client.startWrite(RawClient.block(4096))
        #expect(try client.response().status == .success)
        try client.send(RawClient.packet(0, 0, RawClient.pattern(1000)))
        #expect(try client.ack().isSuccess)
        for (min, max, stamp, new) in [
            (1001, 2000, 1001, 1005), (0, 999, 1001, 1005), (0, 2000, 1002, 1005), (0, 2000, 1000, 1000),
        ] {
            let attempt = try RawClient(node)
            try attempt.startWrite(
                RawClient.block(4096, UInt64(stamp)), stage: .pipelineSetupStreamingRecovery, newStamp: UInt64(new),
                minBytes: UInt64(min), maxBytes: UInt64(max))
            #expect(attempt.isClosed(), "min \(min) max \(max) stamp \(stamp)")
        }
    }

    @Test func aFinalizedReplicaIsNotOpenedAgainForAppend() throws {
        let node = try TestNode()
        let block = RawClient.block(4096, length: 1000)
        let data = RawClient.pattern(1000)
        try RawClient(node).write(block, data)
        for stage in [WriteRequest.Stage.pipelineSetupAppend, .pipelineSetupAppendRecovery] {
            let attempt = try RawClient(node)
            try attempt.startWrite(block, stage: stage, newStamp: 1005, minBytes: 1000, maxBytes: 1000)
            #expect(attempt.isClosed())
        }
        #expect(node.store.record(BlockID(4096))?.generationStamp == GenerationStamp(1001))
        #expect(try RawClient(node).read(block, length: 1000) == data)
    }

    @Test func aCopyBetweenDatanodesIsFinalizedWithoutAnswers() throws {
        let nodes = try Self.nodes(3)
        let data = RawClient.pattern(100_001)
        let block = RawClient.block(4096, length: 100_001)
        try RawClient(nodes[0]).write(block, data)
        let targets = nodes.dropFirst().map {
            LocatedBlock.Location(datanode: $0.descriptor, storageID: "", storageKind: .disk)
        }
        try ReplicaTransfer(
            block: block, targets: Array(targets), clientName: "", source: nodes[0].descriptor,
            context: nodes[0].context
        ).run()
        for node in nodes.dropFirst() {
            #expect(node.reporter.wait(for: .received(BlockID(4096), GenerationStamp(1001), 100_001)))
            #expect(try RawClient(node).read(block, length: 100_001) == data)
        }
    }

    @Test func aDamagedReplicaIsReportedAndNotCopied() throws {
        let nodes = try Self.nodes(2)
        let block = RawClient.block(4096, length: 100_000)
        try RawClient(nodes[0]).write(block, RawClient.pattern(100_000))
        let path = nodes[0].store.volumes[0].layout.dataPath(block.id, .finalized)
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        try file.seek(toOffset: 70_000)
        try file.write(contentsOf: Data([0xff, 0xfe, 0xfd, 0xfc]))
        try file.close()
        let target = LocatedBlock.Location(datanode: nodes[1].descriptor, storageID: "", storageKind: .disk)
        #expect(throws: HFSError.self) {
            try ReplicaTransfer(
                block: block, targets: [target], clientName: "", source: nodes[0].descriptor, context: nodes[0].context
            ).run()
        }
        #expect(nodes[0].reporter.events.contains(.bad(block.id)))
        // A reader notices too.
        #expect(throws: HFSError.self) { try RawClient(nodes[0]).read(block, length: 100_000) }
        #expect(nodes[1].store.record(block.id)?.state != .finalized)
    }

    @Test func aFullVolumeEndsTheWriteGivesTheRoomBackAndGoesOn() throws {
        let node = try TestNode(limitBytes: 400_000)
        let client = try RawClient(node)
        try client.startWrite(RawClient.block(4096))
        #expect(try client.response().status == .success)
        var isRefused = false
        for sequence in 0..<10 where !isRefused {
            do {
                try client.send(RawClient.packet(Int64(sequence), UInt64(sequence) * 64_512, RawClient.pattern(64_512)))
                isRefused = try !client.ack().isSuccess
            } catch { isRefused = true }
        }
        #expect(isRefused)
        // What was acknowledged is kept for recovery; the file is given up by the namenode's command.
        let isLetGo = node.store.state.wait(timeoutMs: 30_000) { $0.owners[BlockID(4096)] == nil ? true : nil }
        #expect(isLetGo == true)
        _ = try node.store.delete(BlockID(4096))
        #expect(node.store.volumes[0].space.report().used == 0)
        try RawClient(node).write(RawClient.block(8192), RawClient.pattern(100_000))
        #expect(try RawClient(node).read(RawClient.block(8192), length: 100_000) == RawClient.pattern(100_000))
    }

    @Test func compositeChecksumsDoNotDependOnChunks() throws {
        let node = try TestNode()
        let data = RawClient.pattern(123_457)
        let block = RawClient.block(4096, length: 123_457)
        try RawClient(node).write(block, data)
        for length in [123_457, 100_000, 513, 512, 1] {
            let client = try RawClient(node)
            var request = Hadoop_Hdfs_OpBlockChecksumProto()
            request.header.block = RawClient.block(4096, length: UInt64(length)).proto
            request.blockChecksumOptions.blockChecksumType = .compositeCrc
            try client.send(try DataTransferOperation.blockChecksum.encode(request))
            let answer = try client.response().checksumResponse
            #expect([UInt8](answer.blockChecksum) == ChecksumFormat.bytes(CRC32C.checksum(Array(data[..<length]))))
        }
    }
}
