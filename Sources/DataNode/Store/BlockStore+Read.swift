internal import Core
internal import Glibc

extension BlockStore {
    /// A replica ready to be read: its files, and how far they may be read.
    struct Readable: Sendable {
        var data: ReplicaBytes
        var sums: ReplicaBytes
        var format: ChecksumFormat
        var generationStamp: GenerationStamp
        var state: ReplicaState
        /// Bytes that may be read.
        var length: UInt64
        /// What new readers are told is there.
        var visibleLength: UInt64
        /// CRC of the last chunk when it is not full and its stored checksum may still change.
        var partialSum: UInt32?
        /// The first bytes of the checksum file, header included: for a small replica they are all of it.
        var sumsHead: [UInt8]
        var origin: ReplicaOrigin
    }

    private static let sumsHeadBytes = 1024
    /// How long a read waits for bytes that another node of the pipeline has already: HDFS's 3 s.
    private static let writeWaitMs: Int64 = 3000

    /// Opens a replica for reading up to `end` bytes, waiting shortly for bytes that are on their way to a replica being
    /// written. An older stamp than the replica's is accepted, as in HDFS.
    /// Errors: `.replicaNotFound`, `.io`.
    func open(_ block: BlockID, _ stamp: GenerationStamp, end: UInt64 = 0) throws(HFSError) -> Readable {
        let (record, open) = state.withLock { ($0.replicas[block], $0.open[block]) }
        guard let record else { throw Self.notFound(block, stamp) }
        if let open, record.state == .rbw {
            let progress = open.progress(atLeast: end, timeoutMs: Self.writeWaitMs)
            guard progress.generationStamp >= stamp else { throw Self.older(block, progress.generationStamp, stamp) }
            let isPartial = progress.written % UInt64(open.format.chunkBytes) != 0
            return Readable(
                data: .file(open.data), sums: .file(open.sums), format: open.format,
                generationStamp: progress.generationStamp,
                state: .rbw,
                length: progress.written, visibleLength: progress.acknowledged,
                partialSum: isPartial ? progress.partialSum : nil,
                sumsHead: [], origin: .volume(open.volume))
        }
        guard record.generationStamp >= stamp else { throw Self.older(block, record.generationStamp, stamp) }
        guard record.state == .finalized else {
            throw Self.notFound(block, stamp, "Replica is not readable in state \(record.state)")
        }
        return try openFinalized(block, record)
    }

    private func openFinalized(_ block: BlockID, _ record: ReplicaRecord) throws(HFSError) -> Readable {
        let volume = volume(record)
        do throws(HFSError) {
            let data = try OpenFile.open(volume.layout.dataPath(block, .finalized), O_RDONLY)
            let sums = try OpenFile.open(volume.layout.sumsPath(block, record.generationStamp, .finalized), O_RDONLY)
            let head = try sums.read(at: 0, count: Self.sumsHeadBytes)
            guard let format = ChecksumFormat(header: head) else {
                throw HFSError(.checksumMismatch, "The checksum file has no valid header", subject: sums.path)
            }
            return Readable(
                data: .file(data), sums: .file(sums), format: format, generationStamp: record.generationStamp,
                state: .finalized,
                length: record.length, visibleLength: record.length, partialSum: nil, sumsHead: head,
                origin: .volume(volume))
        } catch {
            if error.code == .fileNotFound {
                throw Self.notFound(block, record.generationStamp, "Replica's files are gone")
            }
            noteFailure(error, of: volume)
            throw error
        }
    }

    /// Whether there is a replica of the block, but for one that is just being copied here.
    func hasReplica(of block: BlockID) -> Bool {
        state.withLock { $0.replicas[block].map { $0.state != .temporary } ?? false }
    }

    private static func older(_ block: BlockID, _ own: GenerationStamp, _ asked: GenerationStamp) -> HFSError {
        notFound(block, asked, "Replica has generation stamp \(own), not found")
    }

    /// How many bytes a reader of a file being written may see here. Does not block. Errors: `.replicaNotFound`.
    func visibleLength(_ block: BlockID, _ stamp: GenerationStamp) throws(HFSError) -> UInt64 {
        let (record, open) = state.withLock { ($0.replicas[block], $0.open[block]) }
        guard let record else { throw Self.notFound(block, stamp) }
        if let open, record.state == .rbw { return open.progress.acknowledged }
        guard record.state == .finalized, record.generationStamp >= stamp else {
            throw Self.notFound(block, stamp, "Replica is not readable in state \(record.state)")
        }
        return record.length
    }
}
