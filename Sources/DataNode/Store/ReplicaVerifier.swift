internal import Core

/// Compares a replica's bytes with its checksum file.
enum ReplicaVerifier {
    private static let batchBytes = 1 << 20

    /// Finds the longest prefix that the checksums prove, cuts both files to it and returns its length.
    ///
    /// The data is written before its checksum, so after a kill the last chunk may be longer than its checksum says: then the
    /// part of it that the checksum covers is kept, since a client may have been told that it is safe.
    static func salvage(data: OpenFile, sums: OpenFile) throws(HFSError) -> UInt64 {
        let size = try data.size()
        guard let format = ChecksumFormat(header: try sums.read(at: 0, count: ChecksumFormat.headerBytes)) else {
            // Killed before the first byte was acknowledged: nothing is proven.
            try data.truncate(to: 0)
            try sums.truncate(to: 0)
            return 0
        }
        guard format.kind != .none else { return size }
        let sumsSize = try sums.size()
        let chunks = (sumsSize - UInt64(ChecksumFormat.headerBytes)) / UInt64(format.sumBytes)
        let covered = min(size, chunks * UInt64(format.chunkBytes))
        var length = try verifiedPrefix(data: data, sums: sums, format: format, length: covered)
        if length < covered {
            length += try partialPrefix(
                data: data, sums: sums, format: format, chunk: length / UInt64(format.chunkBytes), end: covered)
        }
        try data.truncate(to: length)
        try sums.truncate(to: format.fileBytes(length))
        return length
    }

    /// Bytes of whole chunks (and the last shorter one) from the start that agree with their checksums.
    static func verifiedPrefix(
        data: OpenFile, sums: OpenFile, format: ChecksumFormat, length: UInt64, from start: UInt64 = 0
    ) throws(HFSError) -> UInt64 {
        guard format.kind != .none else { return length }
        let batch = max(format.chunkBytes, batchBytes / format.chunkBytes * format.chunkBytes)
        var position = start
        while position < length {
            let count = Int(min(UInt64(batch), length - position))
            let bytes = try data.read(at: position, count: count)
            let chunk = position / UInt64(format.chunkBytes)
            let expected = try sums.read(
                at: format.sumOffset(chunk: chunk), count: Int(format.chunkCount(UInt64(count))) * format.sumBytes)
            guard bytes.count == count, expected.count == Int(format.chunkCount(UInt64(count))) * format.sumBytes else {
                return position
            }
            let bad = bytes.withUnsafeBytes { data in expected.withUnsafeBytes { format.firstMismatch(data, sums: $0) }
            }
            if let bad { return position + UInt64(bad * format.chunkBytes) }
            position += UInt64(count)
        }
        return length
    }

    /// The longest part of `chunk` whose CRC is the stored one.
    private static func partialPrefix(
        data: OpenFile, sums: OpenFile, format: ChecksumFormat, chunk: UInt64, end: UInt64
    ) throws(HFSError) -> UInt64 {
        let start = chunk * UInt64(format.chunkBytes)
        let bytes = try data.read(at: start, count: Int(min(UInt64(format.chunkBytes), end - start)))
        let stored = try sums.read(at: format.sumOffset(chunk: chunk), count: 4)
        guard stored.count == 4 else { return 0 }
        let expected = stored.withUnsafeBytes { ChecksumFormat.sum($0, 0) }
        var crc: UInt32 = 0
        var longest = 0
        bytes.withUnsafeBytes { buffer in
            for index in buffer.indices {
                crc = format.checksum(UnsafeRawBufferPointer(rebasing: buffer[index...index]), continuing: crc)
                if crc == expected { longest = index + 1 }
            }
        }
        return UInt64(longest)
    }
}
