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
