import Core

/// One packet of a block on its way down the pipeline: data with one big-endian CRC32C per chunk of 512 bytes.
///
/// Filled by the writer's task, then never changed, so that it can be kept and sent again until it is acknowledged.
///
/// `@unchecked Sendable`: `append` and `seal` are called by the one task that fills it, before the packet is queued under the
/// pipeline's lock; after that it is only read.
final class OutboundPacket: @unchecked Sendable {
    /// Counts from 0 in each block.
    let sequence: Int64
    /// Of the first data byte.
    let offsetInBlock: UInt64
    /// Ends the block; holds no data.
    let isLast: Bool
    /// Data bytes that fit.
    let capacity: Int
    private(set) var dataCount = 0
    /// Asks every datanode to sync the block to its disk before it acknowledges.
    private(set) var isSync: Bool
    /// Checksums (four bytes a chunk), then data.
    private let memory: UnsafeMutableRawPointer
    private let dataOffset: Int

    static let chunkBytes = Limits.checksumChunkBytes

    init(sequence: Int64, offsetInBlock: UInt64, capacity: Int, isLast: Bool = false, isSync: Bool = false) {
        self.sequence = sequence
        self.offsetInBlock = offsetInBlock
        self.capacity = capacity
        self.isLast = isLast
        self.isSync = isSync
        dataOffset = (capacity + Self.chunkBytes - 1) / Self.chunkBytes * 4
        memory = UnsafeMutableRawPointer.allocate(byteCount: max(dataOffset + capacity, 1), alignment: 8)
    }

    deinit { memory.deallocate() }

    /// Data bytes that a packet at `offsetInBlock` may hold: the rest of a chunk begun by an earlier packet, else 126 chunks;
    /// never more than the block has room for.
    static func capacity(at offsetInBlock: UInt64, blockSize: UInt64) -> Int {
        let partial = Int(offsetInBlock % UInt64(chunkBytes))
        let wanted = partial == 0 ? Limits.packetDataBytes : chunkBytes - partial
        return Int(min(UInt64(wanted), blockSize - min(offsetInBlock, blockSize)))
    }

    var isFull: Bool { dataCount == capacity }
    /// Of the first byte behind the packet.
    var endInBlock: UInt64 { offsetInBlock + UInt64(dataCount) }

    /// Copies what fits; answers how much that was.
    func append(_ bytes: UnsafeRawBufferPointer) -> Int {
        let count = min(bytes.count, capacity - dataCount)
        guard count > 0, let source = bytes.baseAddress else { return 0 }
        (memory + dataOffset + dataCount).copyMemory(from: source, byteCount: count)
        dataCount += count
        return count
    }

    /// Computes the checksums: the packet is complete.
    func seal(isSync: Bool) {
        self.isSync = isSync
        CRC32C.fill(memory, for: data, chunkBytes: Self.chunkBytes)
    }

    var data: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: memory + dataOffset, count: dataCount) }

    var checksums: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: memory, count: (dataCount + Self.chunkBytes - 1) / Self.chunkBytes * 4)
    }
}
