internal import Core

/// The write end of the edits log. Used by the planner thread alone.
///
/// The first failed write or sync poisons it: what the kernel dropped cannot be told afterwards, so nothing is acknowledged
/// any more, and the process must start again: recovery writes what it still finds of the last batch once more.
final class EditsLog {
    private let io: any FileIO
    private let directory: String
    private let keeper: SegmentKeeper
    private let clock: any HFSClock
    private let syncMicroseconds: MetricHistogram
    private var file: (any IOFile)?
    private var previousCRC: UInt32
    private var durable: UInt64
    private(set) var poison: HFSError?

    init(
        io: any FileIO, directory: String, keeper: SegmentKeeper, end: EditsRecovery.End, clock: any HFSClock,
        syncMicroseconds: MetricHistogram
    ) throws(HFSError) {
        self.io = io
        self.directory = directory
        self.keeper = keeper
        self.clock = clock
        self.syncMicroseconds = syncMicroseconds
        previousCRC = end.crc
        durable = end.lsn
        if let segment = end.segment { file = try io.open(segment.path, .readWrite) }
    }

    /// Makes a batch durable: one write and one sync for each segment it touches, which is one but at a roll.
    func write(_ batch: Batch) throws(HFSError) {
        if let poison { throw poison }
        do throws(HFSError) {
            for run in batch.runs {
                if let header = run.newSegment { try begin(header, preparedAt: run.preparedPath, run.retries) }
                try write(run, of: batch)
            }
        } catch {
            let fatal = HFSError(
                .io, "the edits log failed, nothing is acknowledged any more", cause: error.description)
            poison = fatal
            throw fatal
        }
    }

    private func begin(
        _ header: SegmentHeader, preparedAt prepared: String, _ retries: RetryCache
    ) throws(HFSError) {
        file?.close()
        var header = header
        header.previousCRC = previousCRC
        let path = "\(directory)/\(SegmentHeader.name(firstLSN: header.firstLSN))"
        try io.rename(prepared, to: path)
        try io.syncDirectory(directory)
        let opened = try io.open(path, .readWrite)
        // Synced together with the first records.
        try header.encoded().withBytes { bytes throws(HFSError) in try opened.write(bytes, at: 0) }
        file = opened
        // Records before this segment are durable, so their answers may be kept where a start finds them.
        keeper.began(
            SegmentFile(
                path: path, firstLSN: header.firstLSN, createdMs: header.createdMs,
                smallFileBytes: header.smallFileBytes),
            RetrySnapshot(epoch: header.epoch, firstLSN: header.firstLSN, retries: retries))
    }

    private func write(_ run: Batch.Run, of batch: Batch) throws(HFSError) {
        guard let first = run.offsets.first, let end = run.end, let file else { return }
        for offset in run.offsets {
            previousCRC = EditRecordCodec.seal(batch.bytes, at: offset, durable: durable, previousCRC: previousCRC)
        }
        try batch.bytes.withBytes { bytes throws(HFSError) in
            try file.write(UnsafeRawBufferPointer(rebasing: bytes[first..<end]), at: UInt64(run.position))
        }
        let startUs = clock.monotonicUs
        try file.sync()
        syncMicroseconds.observe(UInt64(max(0, clock.monotonicUs - startUs)))
        durable = run.lastLSN
    }

    func close() { file?.close() }
}
