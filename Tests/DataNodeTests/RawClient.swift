import Core
import Foundation
import Transport
import WireProtocol

@testable import DataNode

/// Speaks to the transfer port byte by byte, as any HDFS client could.
final class RawClient {
    static let poolID = "BP-1-127.0.0.1-1"

    let socket: BlockingSocket
    let reader: BufferedSocketReader
    /// What reads show.
    var token: BlockAccessToken?

    convenience init(_ node: TestNode) throws { try self.init(port: node.descriptor.transferPort) }

    init(port: UInt16) throws {
        socket = try BlockingSocket.connect(host: "127.0.0.1", port: port, timeoutMs: 60_000)
        socket.setTimeouts(readMs: 60_000, writeMs: 60_000)
        reader = BufferedSocketReader(socket)
    }

    static func block(_ id: UInt64, _ stamp: UInt64 = 1001, length: UInt64 = 0) -> Block {
        Block(poolID: poolID, id: BlockID(id), generationStamp: GenerationStamp(stamp), length: length)
    }

    func send(_ bytes: [UInt8]) throws { try socket.writeAll(bytes) }
    func receive(_ count: Int) throws -> [UInt8] { try reader.readBytes(count) }

    /// True when the other side has closed.
    func isClosed() -> Bool {
        do { return try !reader.waitForInput(timeoutMs: 60_000) } catch { return true }
    }

    // MARK: Writing

    func startWrite(
        _ block: Block, to targets: [DatanodeDescriptor] = [], stage: WriteRequest.Stage = .pipelineSetupCreate,
        client: String = "client", newStamp: UInt64 = 0, minBytes: UInt64 = 0, maxBytes: UInt64 = 0,
        kind: Hadoop_Hdfs_ChecksumTypeProto = .checksumCrc32C
    ) throws {
        var operation = Hadoop_Hdfs_OpWriteBlockProto()
        operation.header.baseHeader.block = block.proto
        operation.header.clientName = client
        operation.targets = targets.map(\.proto)
        operation.stage = stage
        operation.pipelineSize = UInt32(targets.count + 1)
        operation.minBytesRcvd = minBytes
        operation.maxBytesRcvd = maxBytes
        operation.latestGenerationStamp = newStamp
        operation.requestedChecksum.type = kind
        operation.requestedChecksum.bytesPerChecksum = 512
        try send(try DataTransferOperation.writeBlock.encode(operation))
    }

    func response() throws -> Hadoop_Hdfs_BlockOpResponseProto {
        try MessageCoding.decode(Hadoop_Hdfs_BlockOpResponseProto.self, from: try reader.readDelimited())
    }

    static func packet(
        _ sequence: Int64, _ offset: UInt64, _ data: [UInt8], isLast: Bool = false, isSync: Bool = false,
        format: ChecksumFormat = .standard, damage: Bool = false
    ) -> [UInt8] {
        var sums: [UInt8] = []
        for start in stride(from: 0, to: data.count, by: 512) {
            let chunk = Array(data[start..<min(start + 512, data.count)])
            sums += ChecksumFormat.bytes(chunk.withUnsafeBytes { format.checksum($0) } ^ (damage ? 1 : 0))
        }
        let header = PacketHeader(
            offsetInBlock: Int64(offset), sequenceNumber: sequence, isLastInBlock: isLast, dataBytes: data.count,
            isSync: isSync)
        var bytes = [UInt8](repeating: 0, count: header.byteCount)
        bytes.withUnsafeMutableBytes { _ = header.encode(checksumBytes: sums.count, into: $0) }
        return bytes + sums + data
    }

    func ack() throws -> PipelineAck { try PipelineAck(decoding: try reader.readDelimited()) }

    /// Writes a whole block in packets of `step` bytes and waits for every answer.
    func write(_ block: Block, _ data: [UInt8], to targets: [DatanodeDescriptor] = [], step: Int = 64_512) throws {
        try startWrite(block, to: targets)
        guard try response().status == .success else { throw HFSError(.io, "set-up refused") }
        var sequence: Int64 = 0
        for start in stride(from: 0, to: data.count, by: step) {
            try send(Self.packet(sequence, UInt64(start), Array(data[start..<min(start + step, data.count)])))
            sequence += 1
        }
        try send(Self.packet(sequence, UInt64(data.count), [], isLast: true))
        for expected in 0...sequence {
            let ack = try ack()
            guard ack.isSuccess, ack.sequenceNumber == expected, ack.replies.count == targets.count + 1 else {
                throw HFSError(.io, "bad ack \(ack)")
            }
        }
    }

    // MARK: Reading

    func startRead(_ block: Block, offset: UInt64, length: UInt64, sendsChecksums: Bool = true) throws {
        var operation = Hadoop_Hdfs_OpReadBlockProto()
        operation.header.baseHeader.block = block.proto
        if let token { operation.header.baseHeader.token = token.proto }
        operation.header.clientName = "client"
        operation.offset = offset
        operation.len = length
        operation.sendChecksums = sendsChecksums
        try send(try DataTransferOperation.readBlock.encode(operation))
    }

    /// Reads a range as a client does: verifies every chunk, and returns what was asked for.
    func read(_ block: Block, offset: UInt64 = 0, length: UInt64, sendsChecksums: Bool = true) throws -> [UInt8] {
        try startRead(block, offset: offset, length: length, sendsChecksums: sendsChecksums)
        let response = try response()
        guard response.status == .success else { throw HFSError(.remote, response.message) }
        let info = response.readOpChecksumInfo
        guard info.chunkOffset <= offset, offset - info.chunkOffset < 512 else { throw HFSError(.io, "chunk offset") }
        let format = ChecksumFormat(
            kind: ChecksumFormat.Kind(rawValue: UInt8(info.checksum.type.rawValue))!,
            chunkBytes: Int(info.checksum.bytesPerChecksum))
        var bytes: [UInt8] = []
        let packet = PacketBuffer()
        var sequence: Int64 = 0
        while true {
            try packet.receive(reader, format: format)
            guard packet.header.sequenceNumber == sequence,
                UInt64(packet.header.offsetInBlock) == info.chunkOffset + UInt64(bytes.count)
            else { throw HFSError(.io, "packet \(packet.header)") }
            sequence += 1
            if packet.header.isLastInBlock { break }
            guard format.firstMismatch(packet.data, sums: packet.sums) == nil else {
                throw HFSError(.checksumMismatch, "read \(packet.header)")
            }
            bytes += Array(packet.data)
        }
        try send([2, 8, 6])
        let skip = Int(offset - info.chunkOffset)
        return Array(bytes[skip..<(skip + Int(length))])
    }

    static func pattern(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        return (0..<count).map { _ in
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return UInt8(truncatingIfNeeded: state >> 24)
        }
    }
}

func bytes(hex: String) -> [UInt8] {
    let digits = hex.filter { !$0.isWhitespace }.map { UInt8($0.hexDigitValue!) }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}
