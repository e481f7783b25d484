import Core
import Transport
import WireProtocol

/// The checksums of a replica as its datanode announced them.
struct ReplicaChecksum: Sendable {
    enum Kind: Sendable { case none, crc32, crc32c }

    let kind: Kind
    let chunkBytes: Int

    /// Throws `.malformedRequest` for a chunk size that no replica has.
    init(_ proto: Hadoop_Hdfs_ChecksumProto) throws(HFSError) {
        kind =
            switch proto.type {
            case .checksumNull: .none
            case .checksumCrc32: .crc32
            case .checksumCrc32C: .crc32c
            }
        guard kind == .none || (1...UInt32(Limits.packetBytesMax)).contains(proto.bytesPerChecksum) else {
            throw HFSError(.malformedRequest, "Checksum chunks of \(proto.bytesPerChecksum) bytes")
        }
        chunkBytes = Int(proto.bytesPerChecksum)
    }

    /// Bytes of checksums of a packet.
    func byteCount(dataBytes: Int) -> Int {
        kind == .none ? 0 : (dataBytes + chunkBytes - 1) / chunkBytes * 4
    }

    /// Index of the first chunk whose checksum is wrong.
    func firstMismatch(_ data: UnsafeRawBufferPointer, sums: UnsafeRawBufferPointer) -> Int? {
        guard let sumsBase = sums.baseAddress, !data.isEmpty else { return nil }
        switch kind {
        case .none: return nil
        case .crc32c: return CRC32C.firstMismatch(data, sums: sumsBase, chunkBytes: chunkBytes)
        case .crc32:
            var offset = 0
            while offset < data.count {
                let end = min(offset + chunkBytes, data.count)
                let crc = CRC32C.ieee(UnsafeRawBufferPointer(rebasing: data[offset..<end]))
                let index = offset / chunkBytes
                if crc != UInt32(bigEndian: sums.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self)) {
                    return index
                }
                offset = end
            }
            return nil
        }
    }
}
