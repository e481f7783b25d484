internal import Core

/// Reads a replica's bytes and compares them with their checksums.
struct ChunkReader {
    let replica: BlockStore.Readable

    init(_ replica: BlockStore.Readable) { self.replica = replica }

    /// The bytes from a chunk's start up to `end`, which may lie inside a chunk: that chunk is compared whole.
    /// Errors: `.checksumMismatch`, `.io`.
    func read(from start: UInt64, to end: UInt64) throws(HFSError) -> [UInt8] {
        let format = replica.format
        let chunkBytes = UInt64(format.chunkBytes)
        precondition(start % chunkBytes == 0 && end <= replica.length, "reads begin at a chunk and stay in the replica")
        let wholeEnd = min((end + chunkBytes - 1) / chunkBytes * chunkBytes, replica.length)
        var bytes = try replica.data.read(at: start, count: Int(wholeEnd - start))
        guard bytes.count == Int(wholeEnd - start) else { throw mismatch(start) }
        if format.kind != .none {
            let count = Int(format.chunkCount(wholeEnd - start)) * 4
            var sums = try replica.sums.read(at: format.sumOffset(chunk: start / chunkBytes), count: count)
            guard sums.count == count else { throw mismatch(start) }
            if let partial = replica.partialSum, wholeEnd == replica.length {
                sums.replaceSubrange((count - 4)..., with: ChecksumFormat.bytes(partial))
            }
            let bad = bytes.withUnsafeBytes { data in sums.withUnsafeBytes { format.firstMismatch(data, sums: $0) } }
            if let bad { throw mismatch(start + UInt64(bad) * chunkBytes) }
        }
        if wholeEnd > end { bytes.removeLast(Int(wholeEnd - end)) }
        return bytes
    }

    private func mismatch(_ offset: UInt64) -> HFSError {
        HFSError(
            .checksumMismatch, "The replica's bytes at \(offset) do not match their checksum",
            subject: replica.data.path)
    }
}
