import Core
import SwiftProtobuf

@testable import WireProtocol

extension FuzzTarget {
    /// Everything on a data-transfer connection, and the datanode's reports.
    static let dataTransfer: [FuzzTarget] = [
        FuzzTarget(name: "transfer-operation", inputs: [Golden.writeBlock, Golden.readBlock]) { bytes in
            guard bytes.count >= 3 else { throw HFSError(.malformedRequest, "cut off") }
            let operation = try DataTransferOperation(header: (bytes[0], bytes[1], bytes[2]))
            let message = Array(bytes.dropFirst(3))
            switch operation {
            case .writeBlock:
                let request = try delimited(Hadoop_Hdfs_OpWriteBlockProto.self, message)
                _ = try Block(request.header.baseHeader.block)
                for target in request.targets { _ = try DatanodeDescriptor(target) }
                _ = StorageKind(request.storageType)
            case .readBlock:
                _ = try Block(try delimited(Hadoop_Hdfs_OpReadBlockProto.self, message).header.baseHeader.block)
            case .transferBlock: _ = try delimited(Hadoop_Hdfs_OpTransferBlockProto.self, message)
            case .blockChecksum: _ = try delimited(Hadoop_Hdfs_OpBlockChecksumProto.self, message)
            case .copyBlock: _ = try delimited(Hadoop_Hdfs_OpCopyBlockProto.self, message)
            case .replaceBlock: _ = try delimited(Hadoop_Hdfs_OpReplaceBlockProto.self, message)
            default: break
            }
        },
        FuzzTarget(name: "packet", inputs: Golden.writePackets + Golden.readPackets) { bytes in
            try bytes.withUnsafeBytes { memory in
                let prefix = try PacketPrefix(decoding: memory)
                guard memory.count >= 6 + prefix.headerBytes else { throw HFSError(.malformedRequest, "cut off") }
                let headerBytes = UnsafeRawBufferPointer(rebasing: memory[6..<6 + prefix.headerBytes])
                let header = try PacketHeader(decoding: headerBytes, prefix: prefix)
                var again = [UInt8](repeating: 0, count: header.byteCount)
                again.withUnsafeMutableBytes {
                    _ = header.encode(checksumBytes: prefix.payloadBytes - header.dataBytes, into: $0)
                }
                try again.withUnsafeBytes { memory in
                    guard try PacketPrefix(decoding: memory).payloadBytes == prefix.payloadBytes,
                        try PacketHeader(decoding: UnsafeRawBufferPointer(rebasing: memory[6...]), prefix: prefix)
                            == header
                    else { throw FuzzFinding("another header after writing and reading: \(header)") }
                }
                guard let message = try? Hadoop_Hdfs_PacketHeaderProto(serializedBytes: headerBytes.bytes) else {
                    return
                }
                guard message.offsetInBlock == header.offsetInBlock, message.seqno == header.sequenceNumber,
                    Int(message.dataLen) == header.dataBytes, message.syncBlock == header.isSync,
                    message.lastPacketInBlock == header.isLastInBlock
                else { throw FuzzFinding("the generated code reads \(message)") }
            }
        },
        FuzzTarget(
            name: "pipeline-ack",
            inputs: Golden.writeAcks.map { Array($0.dropFirst()) } + [hex("0800 1000 1002 1000 1800 2203 000200")]
        ) { bytes in
            let ack = try PipelineAck(decoding: bytes)
            guard try PipelineAck(decoding: Array(try delimitedBody(ack.encodeDelimited()))) == ack else {
                throw FuzzFinding("another ack after writing and reading: \(ack)")
            }
            guard let message = try? Hadoop_Hdfs_PipelineAckProto(serializedBytes: bytes) else { return }
            guard message.seqno == ack.sequenceNumber, message.reply.map({ TransferStatus($0) }) == ack.replies,
                message.downstreamAckTimeNanos == ack.downstreamNanos
            else { throw FuzzFinding("the generated code reads \(message)") }
        },
        FuzzTarget(
            name: "transfer-answer",
            inputs: [Golden.writeAccepted, Golden.readAccepted, Golden.checksumAnswer, Golden.readStatus]
                + Golden.writeAcks
        ) { bytes in
            _ = try delimited(Hadoop_Hdfs_BlockOpResponseProto.self, bytes)
            _ = try delimited(Hadoop_Hdfs_ClientReadStatusProto.self, bytes)
        },
        FuzzTarget(name: "datanode-report", inputs: reports) { bytes in
            _ = try MessageCoding.decode(Hfs_Datanode_BucketContentsRequest.self, from: bytes)
            _ = try? MessageCoding.decode(Hfs_Datanode_BucketReportRequest.self, from: bytes)
            _ = try? MessageCoding.decode(Hfs_Datanode_HeartbeatRequest.self, from: bytes)
            _ = try? MessageCoding.decode(Hfs_Datanode_HeartbeatResponse.self, from: bytes)
        },
    ]

    private static var reports: [[UInt8]] {
        let contents = Hfs_Datanode_BucketContentsRequest.with {
            $0.uuid = "u"
            $0.storageID = "DS-1"
            $0.buckets = [1, 2, 1023]
            $0.replicas = [1 << 30, 1001, 5, 0, 1 << 40, 1002, 1 << 27, 1]
        }
        return [(try? contents.serializedBytes()) ?? []]
    }

    private static func delimited<M: Message>(_ type: M.Type, _ bytes: [UInt8]) throws -> M {
        try bytes.withUnsafeBytes { memory in
            guard let (message, count) = try Delimited.decode(type, from: memory) else {
                throw HFSError(.malformedRequest, "cut off")
            }
            guard count <= memory.count else { throw FuzzFinding("\(count) of \(memory.count) bytes read") }
            return message
        }
    }

    private static func delimitedBody(_ bytes: [UInt8]) throws -> ArraySlice<UInt8> {
        let length = try bytes.withUnsafeBytes { try Delimited.length(at: $0) }
        guard let length, length.messageBytes + length.lengthBytes == bytes.count else {
            throw FuzzFinding("a length that is not its message's")
        }
        return bytes.dropFirst(length.lengthBytes)
    }
}
