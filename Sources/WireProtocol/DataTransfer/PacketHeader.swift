package import Core

/// The header of a data packet. Always encoded with fixed widths: 25 bytes, 27 with `isSync`.
package struct PacketHeader: Hashable, Sendable {
    /// Of the packet's first data byte.
    package var offsetInBlock: Int64
    /// Counts from 0 in a stream; -1 in a heartbeat.
    package var sequenceNumber: Int64
    package var isLastInBlock: Bool
    /// Bytes of data, checksums not counted.
    package var dataBytes: Int
    /// The writer asks for the packet to be on disk before it is acknowledged.
    package var isSync: Bool

    package static let heartbeatSequenceNumber: Int64 = -1
    /// Bytes of prefix and header at most.
    package static let byteCountMax = PacketPrefix.byteCount + 27

    package init(
        offsetInBlock: Int64, sequenceNumber: Int64, isLastInBlock: Bool, dataBytes: Int, isSync: Bool = false
    ) {
        precondition(dataBytes >= 0 && dataBytes <= Limits.packetBytesMax, "packet data out of range")
        self.offsetInBlock = offsetInBlock
        self.sequenceNumber = sequenceNumber
        self.isLastInBlock = isLastInBlock
        self.dataBytes = dataBytes
        self.isSync = isSync
    }

    package static let heartbeat = PacketHeader(
        offsetInBlock: 0, sequenceNumber: heartbeatSequenceNumber, isLastInBlock: false, dataBytes: 0)

    package var isHeartbeat: Bool { sequenceNumber == Self.heartbeatSequenceNumber }

    /// Bytes that prefix and header take.
    package var byteCount: Int { PacketPrefix.byteCount + (isSync ? 27 : 25) }

    /// Writes prefix and header at the start of `memory`, which has room for `byteCount` bytes; returns how many.
    @discardableResult
    package func encode(checksumBytes: Int, into memory: UnsafeMutableRawBufferPointer) -> Int {
        precondition(memory.count >= byteCount, "no room for a packet header")
        memory.storeBytes(of: UInt32(4 + checksumBytes + dataBytes).bigEndian, as: UInt32.self)
        memory.storeBytes(of: UInt16(byteCount - PacketPrefix.byteCount).bigEndian, toByteOffset: 4, as: UInt16.self)
        memory[6] = 0x09
        memory.storeBytes(of: offsetInBlock.littleEndian, toByteOffset: 7, as: Int64.self)
        memory[15] = 0x11
        memory.storeBytes(of: sequenceNumber.littleEndian, toByteOffset: 16, as: Int64.self)
        memory[24] = 0x18
        memory[25] = isLastInBlock ? 1 : 0
        memory[26] = 0x25
        memory.storeBytes(of: Int32(dataBytes).littleEndian, toByteOffset: 27, as: Int32.self)
        if isSync {
            memory[31] = 0x28
            memory[32] = 1
        }
        return byteCount
    }

    /// Reads a header (without the prefix) and checks its data against the prefix. Throws `.malformedRequest`.
    package init(decoding bytes: UnsafeRawBufferPointer, prefix: PacketPrefix) throws(HFSError) {
        var reader = WireReader(bytes)
        var offset: Int64?
        var sequenceNumber: Int64?
        var isLast: Bool?
        var dataBytes: Int32?
        var isSync = false
        while let (number, type) = try reader.nextField() {
            switch (number, type) {
            case (1, .fixed64): offset = Int64(bitPattern: try reader.fixed64())
            case (2, .fixed64): sequenceNumber = Int64(bitPattern: try reader.fixed64())
            case (3, .varint): isLast = try reader.bool()
            case (4, .fixed32): dataBytes = Int32(bitPattern: try reader.fixed32())
            case (5, .varint): isSync = try reader.bool()
            default: try reader.skip(type)
            }
        }
        guard let offset, let sequenceNumber, let isLast, let dataBytes else {
            throw WireReader.missing("offsetInBlock, seqno, lastPacketInBlock, dataLen")
        }
        guard dataBytes >= 0, Int(dataBytes) <= prefix.payloadBytes, offset >= 0,
            !offset.addingReportingOverflow(Int64(dataBytes)).overflow
        else { throw WireReader.malformed("packet of \(dataBytes) bytes at \(offset)") }
        self.init(
            offsetInBlock: offset, sequenceNumber: sequenceNumber, isLastInBlock: isLast, dataBytes: Int(dataBytes),
            isSync: isSync)
    }
}
