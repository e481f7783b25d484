internal import Core
internal import FoundationEssentials
internal import WireProtocol

/// The checksum of a whole block (or of its start) out of its chunks' checksums, for file checksums.
struct BlockChecksum {
    private static let batchChunks: UInt64 = 64 << 10

    let replica: BlockStore.Readable
    /// Bytes from the block's start that count.
    let length: UInt64

    /// - Parameter requested: the block's length as the client knows it; a longer replica counts up to it.
    init(_ replica: BlockStore.Readable, requested: UInt64) {
        self.replica = replica
        length = min(requested, replica.length)
    }

    /// Errors: `.unsupported`, `.checksumMismatch`, `.io`.
    func answer(_ options: Hadoop_Hdfs_BlockChecksumOptionsProto?) throws(HFSError)
        -> Hadoop_Hdfs_OpBlockChecksumResponseProto
    {
        var answer = Hadoop_Hdfs_OpBlockChecksumResponseProto()
        let format = replica.format
        answer.bytesPerCrc = UInt32(format.chunkBytes)
        answer.crcPerBlock = format.kind == .none ? 0 : format.chunkCount(length)
        answer.crcType = Hadoop_Hdfs_ChecksumTypeProto(rawValue: Int(format.kind.rawValue)) ?? .checksumNull
        if let options {
            answer.blockChecksumOptions = options
            if options.blockChecksumType == .compositeCrc {
                answer.blockChecksum = Data(try composite(stripe: options.stripeLength))
                return answer
            }
        }
        let digest = try MD5Digest()
        try forEachBatch { sums, _ throws(HFSError) in digest.update(sums) }
        answer.blockChecksum = Data(digest.finish())
        return answer
    }

    private func composite(stripe: UInt64) throws(HFSError) -> [UInt8] {
        let format = replica.format
        guard let composer = CRCComposer(format.kind) else {
            throw HFSError(.unsupported, "A replica without checksums has no composite CRC")
        }
        let chunkBytes = UInt64(format.chunkBytes)
        let chunkShift = composer.shift(bytes: chunkBytes)
        var result: [UInt8] = []
        var crc: UInt32 = 0
        var sinceStripe: UInt64 = 0
        try forEachBatch { sums, firstChunk throws(HFSError) in
            for index in 0..<(sums.count / 4) {
                let sum = sums.withUnsafeBytes { ChecksumFormat.sum($0, index) }
                let bytes = min(chunkBytes, length - (firstChunk + UInt64(index)) * chunkBytes)
                crc = composer.compose(crc, sum, shift: bytes == chunkBytes ? chunkShift : composer.shift(bytes: bytes))
                sinceStripe += bytes
                if stripe > 0, sinceStripe >= stripe {
                    result += ChecksumFormat.bytes(crc)
                    crc = 0
                    sinceStripe = 0
                }
            }
        }
        if sinceStripe > 0 || result.isEmpty { result += ChecksumFormat.bytes(crc) }
        return result
    }

    /// Hands out the checksums in order; the last one is made anew when the length ends inside its chunk.
    private func forEachBatch(_ body: (_ sums: [UInt8], _ firstChunk: UInt64) throws(HFSError) -> Void) throws(HFSError)
    {
        let format = replica.format
        guard format.kind != .none else { return }
        let chunks = format.chunkCount(length)
        var chunk: UInt64 = 0
        while chunk < chunks {
            let count = min(Self.batchChunks, chunks - chunk)
            var sums = try replica.sums.read(at: format.sumOffset(chunk: chunk), count: Int(count) * 4)
            guard sums.count == Int(count) * 4 else {
                throw HFSError(.checksumMismatch, "The checksum file is too short", subject: replica.sums.path)
            }
            if chunk + count == chunks, let last = try lastSum() {
                sums.replaceSubrange((sums.count - 4)..., with: last)
            }
            try body(sums, chunk)
            chunk += count
        }
    }

    private func lastSum() throws(HFSError) -> [UInt8]? {
        let format = replica.format
        let start = length / UInt64(format.chunkBytes) * UInt64(format.chunkBytes)
        guard length > start else { return nil }
        if length == replica.length { return replica.partialSum.map(ChecksumFormat.bytes) }
        let bytes = try ChunkReader(replica).read(from: start, to: length)
        return bytes.withUnsafeBytes { ChecksumFormat.bytes(format.checksum($0)) }
    }
}
