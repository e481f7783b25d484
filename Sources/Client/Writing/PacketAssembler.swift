import Core

/// Cuts a writer's bytes into the packets of its blocks.
struct PacketAssembler {
    /// Bytes.
    let blockSize: UInt64
    /// Blocks end with a sync to disk.
    var syncsBlocks: Bool
    /// Bytes of the file before the open block.
    private(set) var blockStart: UInt64
    /// Bytes of the open block that are in packets, the unfinished one included.
    private(set) var blockBytes: UInt64 = 0
    private var nextSequence: Int64 = 0
    private var current: OutboundPacket?

    init(blockSize: UInt64, start: UInt64, syncsBlocks: Bool) {
        self.blockSize = blockSize
        blockStart = start
        self.syncsBlocks = syncsBlocks
    }

    /// Bytes of the file, buffered ones included.
    var position: UInt64 { blockStart + blockBytes }
    /// The block is full: its end must be queued before more bytes are taken.
    var isBlockFull: Bool { blockBytes == blockSize && current == nil }
    /// A block is open.
    var hasBlock: Bool { nextSequence > 0 || current != nil }
    /// The last packet given out; -1 when the block has none yet.
    var lastSequence: Int64 { nextSequence - 1 }

    /// Takes bytes from `offset` on, as many as fit into one packet, and gives the packet when that filled it.
    mutating func append(_ bytes: UnsafeRawBufferPointer, from offset: inout Int) -> OutboundPacket? {
        precondition(!isBlockFull, "the block's end comes first")
        let packet =
            current
            ?? OutboundPacket(
                sequence: nextSequence, offsetInBlock: blockBytes,
                capacity: OutboundPacket.capacity(at: blockBytes, blockSize: blockSize))
        current = packet
        let count = packet.append(UnsafeRawBufferPointer(rebasing: bytes[offset...]))
        blockBytes += UInt64(count)
        offset += count
        guard packet.isFull else { return nil }
        return take(packet, isSync: false)
    }

    /// The unfinished packet. With `isSync` an empty one when there is none, to carry the request to the datanodes.
    mutating func flush(isSync: Bool) -> OutboundPacket? {
        if let current { return take(current, isSync: isSync) }
        guard isSync, hasBlock else { return nil }
        return take(OutboundPacket(sequence: nextSequence, offsetInBlock: blockBytes, capacity: 0), isSync: true)
    }

    /// The end of the open block, after `flush`; the next byte starts a new block.
    mutating func endBlock() -> OutboundPacket {
        precondition(current == nil && hasBlock, "the last packet is taken first")
        let packet = OutboundPacket(
            sequence: nextSequence, offsetInBlock: blockBytes, capacity: 0, isLast: true, isSync: syncsBlocks)
        blockStart += blockBytes
        blockBytes = 0
        nextSequence = 0
        return packet
    }

    private mutating func take(_ packet: OutboundPacket, isSync: Bool) -> OutboundPacket {
        packet.seal(isSync: isSync)
        nextSequence += 1
        current = nil
        return packet
    }
}
