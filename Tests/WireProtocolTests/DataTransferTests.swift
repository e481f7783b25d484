import Core
import Testing

@testable import WireProtocol

@Suite struct DataTransferTests {
    private func decoded<M>(_ type: M.Type, _ bytes: [UInt8]) throws -> M where M: SwiftProtobufMessage {
        try bytes.withUnsafeBytes { memory in
            let result = try #require(try Delimited.decode(type, from: memory))
            #expect(result.byteCount == bytes.count)
            return result.message
        }
    }

    @Test func `hdfs-native's write request is read and written`() throws {
        let bytes = Golden.writeBlock
        #expect(try DataTransferOperation(header: (bytes[0], bytes[1], bytes[2])) == .writeBlock)
        let request = try decoded(Hadoop_Hdfs_OpWriteBlockProto.self, Array(bytes.dropFirst(3)))
        let block = try Block(request.header.baseHeader.block)
        #expect(block.poolID == "BP-778319863-127.0.0.1-1795214496806")
        #expect(block.id == BlockID(1_073_745_877) && block.generationStamp == GenerationStamp(5054))
        #expect(request.stage == .pipelineSetupCreate && request.pipelineSize == 1)
        #expect(request.storageID == "DS-bf024e15-e055-4929-b3cf-cacd120cc66e")
        #expect(try DataTransferOperation.writeBlock.encode(request) == bytes)
    }

    @Test func `hdfs-native's read request is read and written`() throws {
        let request = try decoded(Hadoop_Hdfs_OpReadBlockProto.self, Array(Golden.readBlock.dropFirst(3)))
        #expect(request.offset == 0 && request.len == 9 && request.sendChecksums)
        #expect(try DataTransferOperation.readBlock.encode(request) == Golden.readBlock)
    }

    @Test func `Answers are the real datanode's bytes`() throws {
        var accepted = Hadoop_Hdfs_BlockOpResponseProto()
        accepted.status = .success
        accepted.firstBadLink = ""
        #expect(try Delimited.encode(accepted) == Golden.writeAccepted)

        var read = Hadoop_Hdfs_BlockOpResponseProto()
        read.status = .success
        read.readOpChecksumInfo.checksum.type = .checksumCrc32C
        read.readOpChecksumInfo.checksum.bytesPerChecksum = 512
        read.readOpChecksumInfo.chunkOffset = 0
        #expect(try Delimited.encode(read) == Golden.readAccepted)

        let checksum = try decoded(Hadoop_Hdfs_BlockOpResponseProto.self, Golden.checksumAnswer).checksumResponse
        #expect(checksum.bytesPerCrc == 512 && checksum.crcPerBlock == 1 && checksum.blockChecksum.count == 16)
        #expect(checksum.crcType == .checksumCrc32C)
        #expect(try decoded(Hadoop_Hdfs_ClientReadStatusProto.self, Golden.readStatus).status == .checksumOk)
    }

    @Test(arguments: Golden.writePackets + Golden.readPackets)
    func `Packet headers are those of stock clients and datanodes`(packet: [UInt8]) throws {
        try packet.withUnsafeBytes { memory in
            let prefix = try PacketPrefix(decoding: memory)
            let headerBytes = UnsafeRawBufferPointer(rebasing: memory[6..<6 + prefix.headerBytes])
            let header = try PacketHeader(decoding: headerBytes, prefix: prefix)
            #expect(6 + prefix.headerBytes + prefix.payloadBytes == packet.count)
            #expect(header.isSync == (prefix.headerBytes == 27))
            var encoded = [UInt8](repeating: 0, count: header.byteCount)
            encoded.withUnsafeMutableBytes {
                _ = header.encode(checksumBytes: prefix.payloadBytes - header.dataBytes, into: $0)
            }
            #expect(encoded == Array(packet.prefix(header.byteCount)))
        }
    }

    @Test func `A packet whose lengths contradict each other is refused`() throws {
        func decode(_ text: String) throws -> PacketHeader {
            try hex(text).withUnsafeBytes { memory in
                let prefix = try PacketPrefix(decoding: memory)
                return try PacketHeader(decoding: UnsafeRawBufferPointer(rebasing: memory[6...]), prefix: prefix)
            }
        }
        #expect(throws: HFSError.self) { try decode("00000003 0019") }
        #expect(throws: HFSError.self) { try decode("7fffffff 0019") }
        #expect(throws: HFSError.self) {
            try decode("00000008 0019 090000000000000000 110000000000000000 1800 2505000000")
        }
        #expect(throws: HFSError.self) {
            try decode("00000008 0019 090000000000000000 110000000000000000 1800 25ffffffff")
        }
        #expect(throws: HFSError.self) {
            try decode("00000008 0019 09ffffffffffffff7f 110000000000000000 1800 2504000000")
        }
    }

    @Test func `Acks are the real datanode's bytes`() throws {
        for (sequence, bytes) in Golden.writeAcks.enumerated() {
            let ack = PipelineAck(sequenceNumber: Int64(sequence), replies: [.success])
            #expect(ack.encodeDelimited() == bytes)
            #expect(try PipelineAck(decoding: Array(bytes.dropFirst())) == ack)
        }
        let three = PipelineAck(sequenceNumber: 0, replies: [.success, .errorChecksum, .success])
        #expect(three.encodeDelimited() == hex("0f 0800 1000 1002 1000 1800 2203 000200"))
        #expect(three.firstBadNode == 1 && !three.isSuccess)
        let heartbeat = PipelineAck(sequenceNumber: -1, replies: [.success])
        #expect(try PipelineAck(decoding: Array(heartbeat.encodeDelimited().dropFirst())) == heartbeat)
    }

    @Test func `Wrong versions and unknown operations are told apart`() {
        #expect(throws: HFSError.self) { try DataTransferOperation(header: (0, 27, 81)) }
        #expect(throws: HFSError.self) { try DataTransferOperation(header: (0, 28, 3)) }
    }

    @Test func `A delimited length is checked before anything is reserved`() throws {
        func length(_ text: String) throws -> Int? {
            try hex(text).withUnsafeBytes { memory in try Delimited.length(at: memory)?.messageBytes }
        }
        #expect(throws: HFSError.self) { try length("ffffffff7f") }
        #expect(throws: HFSError.self) { try length("ffffffffff01") }
        #expect(try length("ffff") == nil)
        #expect(try length("8108") == 1025)
    }

    @Test func `Report hashes add up in any order and notice every change`() {
        let a = BlockReportHash.contribution(BlockID(1 << 30), GenerationStamp(1001), length: 5)
        let b = BlockReportHash.contribution(BlockID(1 << 30 + 4096), GenerationStamp(1001), length: 5)
        #expect(a != b && a &+ b &- a == b)
        #expect(a != BlockReportHash.contribution(BlockID(1 << 30), GenerationStamp(1002), length: 5))
        #expect(a != BlockReportHash.contribution(BlockID(1 << 30), GenerationStamp(1001), length: 6))
        var perBucket = [Int](repeating: 0, count: Limits.blockReportBuckets)
        for sequence in 0..<UInt64(102_400) {
            perBucket[BlockReportHash.bucket(of: BlockID(sequence: 1 << 18 + sequence, shard: VirtualShard(3)))] += 1
        }
        #expect(perBucket.allSatisfy { $0 > 50 && $0 < 160 })
    }
}
