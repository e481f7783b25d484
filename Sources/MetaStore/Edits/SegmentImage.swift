internal import Core

/// A segment read into memory, and the walk over its records.
final class SegmentImage {
    let path: String
    let header: SegmentHeader?
    private let storage: UnsafeMutableRawBufferPointer
    private let count: Int

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: storage[..<count]) }

    /// Throws for a segment that cannot be read or has a newer layout; `header` is nil for one without a whole header.
    init(_ path: String, io: any FileIO) throws(HFSError) {
        let file = try io.open(path, .readOnly)
        defer { file.close() }
        let size = Int(try file.size())
        storage = .allocate(byteCount: max(size, 1), alignment: 16)
        self.path = path
        do throws(HFSError) {
            count = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: storage[..<size]), at: 0)
            header = try SegmentHeader.decode(UnsafeRawBufferPointer(rebasing: storage[..<count]), path: path)
        } catch {
            storage.deallocate()
            throw error
        }
    }

    deinit { storage.deallocate() }

    /// Where the chain of whole records stands.
    struct Chain {
        var position: Int
        /// LSN and CRC of the last record.
        var lsn: UInt64
        var crc: UInt32
    }

    /// Calls `visit` for each record that continues the chain; returns where it ends.
    func walk(
        from chain: Chain, _ visit: (EditRecordCodec.Header, Int) throws(HFSError) -> Void
    ) throws(HFSError) -> Chain {
        var chain = chain
        while let record = EditRecordCodec.header(in: bytes, at: chain.position),
            record.lsn == chain.lsn + 1, record.previousCRC == chain.crc
        {
            try visit(record, chain.position)
            chain = Chain(position: chain.position + record.paddedBytes, lsn: record.lsn, crc: record.crc)
        }
        return chain
    }

    /// The position of a whole record at or behind `position` that was written after `lsn` was durable: proof that the record
    /// with this LSN was here once. nil when there is none, so that what is here was never acknowledged.
    func proofOfDamage(from position: Int, missing lsn: UInt64) -> Int? {
        let bytes = bytes
        var offset = EditRecordCodec.padded(position)
        while offset + EditRecordCodec.headerBytes <= bytes.count {
            if UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
                == EditRecordCodec.magic,
                let record = EditRecordCodec.header(in: bytes, at: offset), record.lsn >= lsn, record.durable >= lsn
            {
                return offset
            }
            offset += EditRecordCodec.alignment
        }
        return nil
    }

    /// One past the last byte that is not zero, at or behind `position`.
    func endOfData(from position: Int) -> Int {
        var end = count
        let word = MemoryLayout<UInt64>.size
        while end - word >= position, storage.loadUnaligned(fromByteOffset: end - word, as: UInt64.self) == 0 {
            end -= word
        }
        while end > position, storage[end - 1] == 0 { end -= 1 }
        return end
    }
}
