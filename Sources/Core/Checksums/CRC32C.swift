internal import CChecksum

/// CRC-32C (Castagnoli) and CRC-32 (IEEE), by the processor's instruction where it has one.
package enum CRC32C {
    package static func checksum(_ bytes: UnsafeRawBufferPointer, continuing crc: UInt32 = 0) -> UInt32 {
        hfs_crc32c(crc, bytes.baseAddress, bytes.count)
    }

    package static func checksum(_ bytes: [UInt8], continuing crc: UInt32 = 0) -> UInt32 {
        bytes.withUnsafeBytes { checksum($0, continuing: crc) }
    }

    /// One big-endian CRC for each `chunkBytes` of `data` (the last chunk may be shorter), into `sums`, which has room for
    /// four bytes a chunk.
    package static func fill(_ sums: UnsafeMutableRawPointer, for data: UnsafeRawBufferPointer, chunkBytes: Int) {
        hfs_crc32c_chunks(data.baseAddress, data.count, chunkBytes, sums.assumingMemoryBound(to: UInt8.self))
    }

    /// Index of the first chunk whose big-endian CRC in `sums` differs from the data's; nil when all agree.
    package static func firstMismatch(_ data: UnsafeRawBufferPointer, sums: UnsafeRawPointer, chunkBytes: Int) -> Int? {
        let index = hfs_crc32c_verify(
            data.baseAddress, data.count, chunkBytes, sums.assumingMemoryBound(to: UInt8.self))
        return index < 0 ? nil : index
    }

    package static func ieee(_ bytes: UnsafeRawBufferPointer, continuing crc: UInt32 = 0) -> UInt32 {
        hfs_crc32(crc, bytes.baseAddress, bytes.count)
    }
}
