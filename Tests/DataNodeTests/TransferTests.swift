import Core
import Foundation
import Testing
import Transport
import WireProtocol

@testable import DataNode

@Suite struct TransferTests {
    @Test func theCapturedBytesOfHdfsNativeAreAnsweredAsHDFSAnswersThem() throws {
        let node = try TestNode()
        let client = try RawClient(node)
        try client.send(
            bytes(
                hex: """
                    001c50 a501 0a650a3d0a310a2442502d3737383331393836332d3132372e302e302e312d3137393532313434393638303610d59f80800418be27200012080a0012001a002200122436353965353739302d633065622d343337312d393665652d626238643830613035343630200628013000380040be274a050802108004580182012744532d62663032346531352d653035352d343932392d623363662d636163643132306363663665
                    """))
        #expect(try client.receive(5) == bytes(hex: "04 08001200"))
        try client.send(
            bytes(hex: "0000000d 001b 090000000000000000 110000000000000000 1800 2505000000 2801 9a71bb4c 68656c6c6f"))
        #expect(try client.receive(10) == bytes(hex: "09 08001000 1800 220100"))
        try client.send(
            bytes(hex: "00000009 001b 090500000000000000 110100000000000000 1800 2501000000 2801 83a56a17 32"))
        #expect(try client.receive(10) == bytes(hex: "09 08021000 1800 220100"))
        try client.send(bytes(hex: "00000004 001b 090600000000000000 110200000000000000 1801 2500000000 2801"))
        #expect(try client.receive(10) == bytes(hex: "09 08041000 1800 220100"))
        #expect(client.isClosed())

        // A finalized replica is not opened again (stages 0 and 1): the namenode has appends begin a new block.
        let block = Block(
            poolID: "BP-778319863-127.0.0.1-1795214496806", id: BlockID(0x4000_0fd5),
            generationStamp: GenerationStamp(5054), length: 6)
        for stage in [WriteRequest.Stage.pipelineSetupAppend, .pipelineSetupAppendRecovery] {
            for length in [6, 5] as [UInt64] {
                let appender = try RawClient(node)
                try appender.startWrite(block, stage: stage, newStamp: 5055, minBytes: length, maxBytes: length)
                #expect(appender.isClosed())
                #expect(node.store.record(block.id)?.state == .finalized)
                #expect(
                    FileManager.default.fileExists(atPath: node.store.volumes[0].layout.dataPath(block.id, .finalized)))
            }
        }

        // A.5: the block with "zzz" behind it.
        _ = try node.store.delete(block.id)
        try RawClient(node).write(block, Array("hello2zzz".utf8))
        let reader = try RawClient(node)
        try reader.startRead(block, offset: 0, length: 9)
        let expected = bytes(
            hex: """
                0d 0800 2209 0a05 0802 108004 1000
                00000011 0019 090000000000000000 110000000000000000 1800 2509000000 4c4166dd 68656c6c6f327a7a7a
                00000004 0019 090900000000000000 110100000000000000 1801 2500000000
                """)
        #expect(try reader.receive(expected.count) == expected)
        // With the closing word and without it the connection serves the next operation.
        try reader.send([2, 8, 6])
        #expect(try reader.read(block, offset: 5, length: 4) == Array("2zzz".utf8))
        try reader.startRead(block, offset: 0, length: 9)
        #expect(try reader.receive(expected.count) == expected)
        try reader.startRead(block, offset: 0, length: 9)
        #expect(try reader.receive(expected.count) == expected)
    }

    @Test func theCapturedBlockChecksumIsAnswered() throws {
        let node = try TestNode()
        let block = RawClient.block(0x4000_0000, length: 6)
        try RawClient(node).write(block, Array("hello\n".utf8))
        let client = try RawClient(node)
        var request = Hadoop_Hdfs_OpBlockChecksumProto()
        request.header.block = block.proto
        try client.send(try DataTransferOperation.blockChecksum.encode(request))
        let expected = bytes(hex: "1d 0800 1a19 088004 1001 1a10 0631cc594ec0589d7bbe76dce1a7953b 2002")
        #expect(try client.receive(expected.count) == expected)
    }

    @Test(arguments: [1, 511, 512, 513, 65_535, 65_536, 65_537, 1_000_000])
    func whatIsWrittenIsReadInAnyRange(size: Int) throws {
        let node = try TestNode()
        let data = RawClient.pattern(size, seed: UInt64(size))
        let block = RawClient.block(4096, length: UInt64(size))
        try RawClient(node).write(block, data)
        #expect(node.reporter.events.contains(.received(BlockID(4096), GenerationStamp(1001), UInt64(size))))
        let reader = try RawClient(node)
        #expect(try reader.read(block, length: UInt64(size)) == data)
        for _ in 0..<20 {
            let offset = Int.random(in: 0..<size)
            let length = Int.random(in: 0...(size - offset))
            let sendsChecksums = Bool.random()
            let got = try reader.read(
                block, offset: UInt64(offset), length: UInt64(length), sendsChecksums: sendsChecksums)
            #expect(got == Array(data[offset..<offset + length]), "offset \(offset), length \(length)")
        }
    }

    @Test func rangesBeyondTheReplicaAndUnknownReplicasAreRefusedInWords() throws {
        let node = try TestNode()
        let block = RawClient.block(4096, length: 10)
        try RawClient(node).write(block, RawClient.pattern(10))
        try RawClient(node).startRead(block, offset: 5, length: 6)
        let far = try RawClient(node)
        try far.startRead(block, offset: 5, length: 6)
        let refused = try far.response()
        #expect(refused.status == .error)
        #expect(refused.message.contains("Offset 5 and length 6 don't match block"))
        #expect(far.isClosed())
        let newer = try RawClient(node)
        try newer.startRead(RawClient.block(4096, 1002), offset: 0, length: 1)
        #expect(try newer.response().message.contains("ReplicaNotFoundException"))
        #expect(try RawClient(node).read(RawClient.block(4096, 1000), length: 10) == RawClient.pattern(10))
        let missing = try RawClient(node)
        try missing.startRead(RawClient.block(77), offset: 0, length: 1)
        #expect(try missing.response().message.contains("ReplicaNotFoundException"))
    }

    @Test func aBadChecksumIsAnsweredAndTheConnectionCloses() throws {
        let node = try TestNode()
        let client = try RawClient(node)
        try client.startWrite(RawClient.block(4096))
        #expect(try client.response().status == .success)
        try client.send(RawClient.packet(0, 0, RawClient.pattern(1000), damage: true))
        let ack = try client.ack()
        #expect(ack.replies == [.errorChecksum])
        #expect(client.isClosed())
        #expect(!node.reporter.events.contains(.received(BlockID(4096), GenerationStamp(1001), 1000)))
    }

    @Test func aBlockThatExistsIsNotWrittenAgain() throws {
        let node = try TestNode()
        let block = RawClient.block(4096)
        try RawClient(node).write(block, RawClient.pattern(10))
        let second = try RawClient(node)
        try second.startWrite(block)
        #expect(second.isClosed())
    }

    @Test func acknowledgedBytesOfAnOpenBlockAreReadConsistently() throws {
        let node = try TestNode()
        let data = RawClient.pattern(3000)
        let block = RawClient.block(4096)
        let writer = try RawClient(node)
        try writer.startWrite(block)
        #expect(try writer.response().status == .success)
        var sent = 0
        var sequence: Int64 = 0
        for count in [5, 1, 506, 700, 324, 1, 1000] {
            // As Java does after hflush: the unfinished chunk is sent again from its start; every second time as hdfs-native.
            let from = sequence % 2 == 0 ? sent / 512 * 512 : sent
            let end = from == sent ? min(sent + count, from % 512 == 0 ? .max : (from / 512 + 1) * 512) : sent + count
            try writer.send(RawClient.packet(sequence, UInt64(from), Array(data[from..<end])))
            #expect(try writer.ack().isSuccess)
            sent = end
            sequence += 1
            #expect(try node.store.visibleLength(BlockID(4096), GenerationStamp(1001)) == UInt64(sent))
            #expect(try RawClient(node).read(block, length: UInt64(sent)) == Array(data[..<sent]))
        }
        try writer.send(RawClient.packet(-1, 0, []))
        #expect(try writer.ack().sequenceNumber == -1)
        try writer.send(RawClient.packet(sequence, UInt64(sent), [], isLast: true))
        #expect(try writer.ack().isSuccess)
        #expect(try RawClient(node).read(block, length: UInt64(sent)) == Array(data[..<sent]))
    }

    @Test func packetsSentAgainAreSkippedAndGapsRefused() throws {
        let node = try TestNode()
        let data = RawClient.pattern(2000)
        let client = try RawClient(node)
        try client.startWrite(RawClient.block(4096))
        #expect(try client.response().status == .success)
        for (sequence, range) in [0..<700, 0..<700, 512..<1500, 0..<100].enumerated() {
            try client.send(RawClient.packet(Int64(sequence), UInt64(range.lowerBound), Array(data[range])))
            #expect(try client.ack().isSuccess)
        }
        #expect(try RawClient(node).read(RawClient.block(4096), length: 1500) == Array(data[..<1500]))
        try client.send(RawClient.packet(4, 1536, Array(data[1536...])))
        #expect(client.isClosed())
    }

    @Test(arguments: 0..<40)
    func garbageEndsTheConnectionAndNothingElse(seed: Int) throws {
        let node = try TestNode()
        let client = try RawClient(node)
        var bytes = RawClient.pattern(1 + seed * 37, seed: UInt64(seed + 1))
        if seed % 3 == 0 { bytes = [0, 28, UInt8(80 + seed % 10)] + bytes }
        if seed % 3 == 1 { bytes = [0xde, 0xad, 0xbe, 0xef] + bytes }
        try? client.send(bytes)
        client.socket.shutdownWriting()
        #expect(client.isClosed())
        let block = RawClient.block(4096)
        try RawClient(node).write(block, [1, 2, 3])
        #expect(try RawClient(node).read(block, length: 3) == [1, 2, 3])
    }
}
