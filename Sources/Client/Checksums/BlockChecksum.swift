import Core
import WireProtocol

/// What a datanode answered of one block's checksum.
struct BlockChecksum: Sendable {
    /// The CRC of the chunks.
    var crcType: Hadoop_Hdfs_ChecksumTypeProto
    var bytesPerCRC: UInt32
    /// CRCs that a full block has; 0 when the datanode does not know.
    var crcsPerBlock: UInt64
    /// The MD5 of the block's CRCs, or its CRC as four big-endian bytes.
    var bytes: [UInt8]
    /// Bytes of the block.
    var blockBytes: UInt64
}

extension BlockChecksum {
    /// What a datanode would answer that had the bytes of a block with our own checksums.
    init(of bytes: [UInt8], kind: FileChecksum.Kind) {
        let chunks = (bytes.count + Limits.checksumChunkBytes - 1) / Limits.checksumChunkBytes
        let sums = [UInt8](unsafeUninitializedCapacity: chunks * 4) { memory, initialized in
            guard let base = memory.baseAddress else { return }
            bytes.withUnsafeBytes { CRC32C.fill(base, for: $0, chunkBytes: Limits.checksumChunkBytes) }
            initialized = chunks * 4
        }
        let whole = CRC32C.checksum(bytes)
        self.init(
            crcType: .checksumCrc32C, bytesPerCRC: UInt32(Limits.checksumChunkBytes), crcsPerBlock: UInt64(chunks),
            bytes: kind == .compositeCRC ? withUnsafeBytes(of: whole.bigEndian) { Array($0) } : MD5.digest(sums),
            blockBytes: UInt64(bytes.count))
    }
}
