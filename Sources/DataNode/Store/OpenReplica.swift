internal import Core
internal import Glibc
internal import Transport

/// A replica that can still grow: its two files, how far they are written, and how far its client was told so.
///
/// Its owner alone writes; any thread reads. The length is published after data and checksum are both in the files, together
/// with the checksum of the last, unfinished chunk: what a reader sees is consistent although that chunk's stored checksum
/// changes with each write.
final class OpenReplica: Sendable {
    struct Progress: Sendable {
        var generationStamp: GenerationStamp
        /// Bytes in the file, all with checksums.
        var written: UInt64
        /// Bytes that every node of the pipeline has: what new readers may see.
        var acknowledged: UInt64
        /// CRC of the last chunk when it is not full.
        var partialSum: UInt32
        var hasHeader: Bool
        var isNameDurable: Bool
    }

    let block: BlockID
    let volume: Volume
    let format: ChecksumFormat
    let data: OpenFile
    let sums: OpenFile
    private let state: Monitor<Progress>

    init(
        block: BlockID, volume: Volume, format: ChecksumFormat, data: OpenFile, sums: OpenFile, progress: Progress
    ) {
        self.block = block
        self.volume = volume
        self.format = format
        self.data = data
        self.sums = sums
        state = Monitor(progress)
    }

    var progress: Progress { state.withLock { $0 } }

    /// Waits until `length` bytes are in the file; gives what is there when the time is up.
    func progress(atLeast length: UInt64, timeoutMs: Int64) -> Progress {
        state.wait(timeoutMs: timeoutMs) { $0.written >= length ? $0 : nil } ?? progress
    }

    /// Readers may see the first `length` bytes.
    func acknowledge(_ length: UInt64) {
        state.withLock { $0.acknowledged = max($0.acknowledged, min(length, $0.written)) }
    }

    func change(_ body: (inout Progress) -> Void) { state.update { body(&$0) } }

    /// Writes a packet's data that lies at `offset`; what is in the file already is skipped, never rewritten.
    ///
    /// - Parameters:
    ///   - sums: one big-endian CRC for each chunk of `data`, counted from its start.
    ///   - isVerified: compare data and CRCs first. A packet that begins inside a chunk is always compared, since its CRC is
    ///     not stored as it is.
    /// - Throws: `.checksumMismatch`, `.invalidArgument` for a gap or a packet that crosses a chunk from inside it,
    ///   `.noSpace`, `.io`.
    func write(
        _ data: UnsafeRawBufferPointer, at offset: UInt64, sums: UnsafeRawBufferPointer, isVerified: Bool
    ) throws(HFSError) {
        let progress = progress
        let (end, overflow) = offset.addingReportingOverflow(UInt64(data.count))
        guard !overflow, end < 1 << 62, offset <= progress.written else {
            throw HFSError(
                .invalidArgument, "A packet at \(offset) does not follow \(progress.written) bytes", subject: "\(block)"
            )
        }
        let chunkBytes = format.chunkBytes
        let head = Int(offset % UInt64(chunkBytes))
        guard head == 0 || data.count <= chunkBytes - head else {
            throw HFSError(
                .invalidArgument,
                "A packet of \(data.count) bytes begins inside a chunk, at \(offset), and crosses its end",
                subject: "\(block)")
        }
        if isVerified || head != 0, let bad = format.firstMismatch(data, sums: sums) {
            throw mismatch(offset + UInt64(bad * chunkBytes))
        }
        guard end > progress.written else { return }
        let skip = Int(progress.written - offset)
        let fresh = UnsafeRawBufferPointer(rebasing: data[skip...])
        let firstChunk = progress.written / UInt64(chunkBytes)
        var freshSums = UnsafeRawBufferPointer(start: nil, count: 0)
        var merged: [UInt8] = []
        if format.kind != .none {
            if head != 0 {
                merged = ChecksumFormat.bytes(format.checksum(fresh, continuing: progress.partialSum))
            } else {
                let skippedSums = Int(firstChunk - offset / UInt64(chunkBytes))
                freshSums = UnsafeRawBufferPointer(rebasing: sums[(skippedSums * 4)...])
                if progress.written % UInt64(chunkBytes) != 0 {
                    // The packet repeats the start of this chunk: its CRC must say the same as ours about those bytes.
                    let chunkEnd = min(data.count, (skippedSums + 1) * chunkBytes)
                    let rest = UnsafeRawBufferPointer(rebasing: data[skip..<chunkEnd])
                    guard format.checksum(rest, continuing: progress.partialSum) == ChecksumFormat.sum(freshSums, 0)
                    else {
                        throw mismatch(progress.written)
                    }
                }
            }
        }
        try take(from: progress.written, to: end)
        try self.data.write(fresh, at: progress.written)
        let last: UInt32
        if merged.isEmpty {
            try writeSums(freshSums, from: firstChunk, progress)
            last = freshSums.count >= 4 ? ChecksumFormat.sum(freshSums, freshSums.count / 4 - 1) : 0
        } else {
            var failure: HFSError?
            merged.withUnsafeBytes { buffer in
                do throws(HFSError) { try writeSums(buffer, from: firstChunk, progress) } catch { failure = error }
            }
            if let failure { throw failure }
            last = merged.withUnsafeBytes { ChecksumFormat.sum($0, 0) }
        }
        state.update {
            $0.written = end
            $0.partialSum = end % UInt64(chunkBytes) == 0 ? 0 : last
            $0.hasHeader = true
        }
    }

    private func mismatch(_ offset: UInt64) -> HFSError {
        HFSError(.checksumMismatch, "The bytes at \(offset) do not match their checksum", subject: "\(block)")
    }

    private func take(from: UInt64, to end: UInt64) throws(HFSError) {
        try volume.space.take(ReplicaFootprint.bytes(end) - ReplicaFootprint.bytes(from))
    }

    private func writeSums(_ sums: UnsafeRawBufferPointer, from chunk: UInt64, _ progress: Progress) throws(HFSError) {
        guard !progress.hasHeader else { return try self.sums.write(sums, at: format.sumOffset(chunk: chunk)) }
        // Header and first checksums in one write: most blocks of small files need no other.
        try self.sums.write(format.header + Array(sums), at: 0)
    }

    /// Waits until all that is written is on the disk, and the file's name in `folder`, where it lies now, with it.
    func sync(folder: String) throws(HFSError) {
        try writeHeaderIfMissing()
        // One commit of the file system's journal serves both files.
        try sums.startWriteBack()
        try syncData()
        guard !progress.isNameDurable else { return }
        try FileSystem.syncDirectory(folder)
        state.withLock { $0.isNameDurable = true }
    }

    /// Waits until both files are on the disk.
    func syncData() throws(HFSError) {
        try data.syncData()
        try sums.syncData()
    }

    /// Waits until the device has both files' bytes. Names given after this are never seen without the bytes, since file
    /// systems keep the order of what they did; only a sync makes either last.
    func writeBack() throws(HFSError) {
        try sums.startWriteBack()
        try data.writeBack()
        try sums.writeBack()
    }

    /// An empty replica needs a header too, to be told from a damaged one.
    func writeHeaderIfMissing() throws(HFSError) {
        guard !progress.hasHeader else { return }
        try sums.write(format.header, at: 0)
        state.withLock { $0.hasHeader = true }
    }

    /// Cuts the replica to `length` bytes and makes its last chunk's checksum fit, after the bytes of that chunk have been
    /// compared with the checksum that they had. Owner only.
    func truncate(to length: UInt64) throws(HFSError) {
        let progress = progress
        precondition(length <= progress.written, "truncate never grows a replica")
        guard length < progress.written else { return }
        let chunkBytes = UInt64(format.chunkBytes)
        let start = length / chunkBytes * chunkBytes
        var partial: UInt32 = 0
        if length > start, format.kind != .none {
            let end = min(start + chunkBytes, progress.written)
            let bytes = try data.read(at: start, count: Int(end - start))
            let stored = try sums.read(at: format.sumOffset(chunk: start / chunkBytes), count: 4)
            guard bytes.count == Int(end - start), stored.count == 4 else { throw mismatch(start) }
            let agrees = bytes.withUnsafeBytes { data in
                stored.withUnsafeBytes { format.firstMismatch(data, sums: $0) == nil }
            }
            guard agrees else { throw mismatch(start) }
            partial = bytes.withUnsafeBytes {
                format.checksum(UnsafeRawBufferPointer(rebasing: $0[..<Int(length - start)]))
            }
        }
        try data.truncate(to: length)
        if format.kind != .none {
            if length > start {
                try sums.write(ChecksumFormat.bytes(partial), at: format.sumOffset(chunk: start / chunkBytes))
            }
            try sums.truncate(to: format.fileBytes(length))
        }
        volume.space.giveBack(ReplicaFootprint.bytes(progress.written) - ReplicaFootprint.bytes(length))
        state.update {
            $0.written = length
            $0.acknowledged = min($0.acknowledged, length)
            $0.partialSum = partial
        }
    }
}
