package import Core

/// The answer to a packet: one status a node, the nearest first.
package struct PipelineAck: Hashable, Sendable {
    /// The packet's; -1 answers a heartbeat, -2 announces something out of band.
    package var sequenceNumber: Int64
    package var replies: [TransferStatus]
    /// How long the nodes behind took to answer.
    package var downstreamNanos: UInt64

    package static let outOfBandSequenceNumber: Int64 = -2
    /// Replies that are believed: a pipeline has at most as many nodes.
    package static let repliesMax = Limits.replicationMax

    package init(sequenceNumber: Int64, replies: [TransferStatus], downstreamNanos: UInt64 = 0) {
        self.sequenceNumber = sequenceNumber
        self.replies = replies
        self.downstreamNanos = downstreamNanos
    }

    package var isSuccess: Bool { replies.allSatisfy { $0 == .success } }

    /// The first node whose status is not success.
    package var firstBadNode: Int? { replies.firstIndex { $0 != .success } }

    /// Length and message. The flags repeat the statuses, as HDFS's datanodes send them.
    package func encodeDelimited() -> [UInt8] {
        let size = encodedSize
        let total = WireSize.varint(UInt64(size)) + size
        return [UInt8](unsafeUninitializedCapacity: total) { memory, count in
            var writer = WireWriter(
                UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(memory)[..<total]))
            writer.varint(UInt64(size))
            encode(to: &writer)
            count = writer.offset
        }
    }
}

extension PipelineAck: WireEncodable, WireDecodable {
    package var encodedSize: Int {
        var size = WireSize.uint(1, WireWriter.zigzag(sequenceNumber)) + 2 * replies.count
        size += WireSize.uint(3, downstreamNanos)
        if !replies.isEmpty { size += WireSize.delimited(4, replies.count) }
        return size
    }

    package func encode(to writer: inout WireWriter) {
        writer.sint(1, sequenceNumber)
        for reply in replies { writer.uint(2, UInt64(reply.rawValue)) }
        writer.uint(3, downstreamNanos)
        guard !replies.isEmpty else { return }
        writer.header(4, count: replies.count)
        for reply in replies { writer.varint(UInt64(reply.rawValue)) }
    }

    package init(from reader: inout WireReader) throws(HFSError) {
        var sequenceNumber: Int64?
        var replies: [TransferStatus] = []
        var nanos: UInt64 = 0
        while let (number, type) = try reader.nextField() {
            switch (number, type) {
            case (1, .varint): sequenceNumber = try reader.sint64()
            case (2, .varint): try Self.append(try reader.varint(), to: &replies)
            case (2, .lengthDelimited):
                var packed = try reader.message()
                while !packed.isAtEnd { try Self.append(try packed.varint(), to: &replies) }
            case (3, .varint): nanos = try reader.varint()
            default: try reader.skip(type)
            }
        }
        guard let sequenceNumber else { throw WireReader.missing("seqno") }
        self.init(sequenceNumber: sequenceNumber, replies: replies, downstreamNanos: nanos)
    }

    private static func append(_ value: UInt64, to replies: inout [TransferStatus]) throws(HFSError) {
        guard let status = UInt8(exactly: value).flatMap(TransferStatus.init(rawValue:)), replies.count < repliesMax
        else {
            throw WireReader.malformed("pipeline reply \(value), number \(replies.count + 1)")
        }
        replies.append(status)
    }
}
