internal import Core
internal import Synchronization

/// The feed's records of a memory engine: encoded as the edits log has them, kept for ever.
final class MemoryFeedSource: FeedSource {
    private let records = Mutex<[[UInt8]]>([])

    var publishedLSN: UInt64 { UInt64(records.withLock { $0.count }) }
    var oldestLSN: UInt64 { 1 }

    func setCursors(_ lsns: [UInt64]) {}

    func append(_ mutation: Mutation, origin: EditOrigin, timeMs: Int64) {
        let writer = ByteWriter(capacity: 256)
        records.withLock { records in
            EditRecordCodec.append(
                to: writer, lsn: UInt64(records.count) + 1, epoch: 1, timeMs: timeMs, origin: origin,
                mutation: mutation, retry: nil, reservation: nil)
            _ = EditRecordCodec.seal(writer, at: 0, durable: 0, previousCRC: 0)
            records.append(writer.array)
        }
    }

    func walk(from lsn: UInt64, through last: UInt64, _ visit: RecordVisitor) throws(HFSError) -> UInt64 {
        var next = lsn
        while next <= last {
            let record = records.withLock { $0[Int(next) - 1] }
            let goesOn = try Self.visit(record, visit)
            next += 1
            if !goesOn { break }
        }
        return next
    }

    private static func visit(_ record: [UInt8], _ visit: RecordVisitor) throws(HFSError) -> Bool {
        var result: Result<Bool, HFSError> = .success(false)
        record.withUnsafeBytes { bytes in
            guard let header = EditRecordCodec.header(in: bytes, at: 0) else { return }
            do throws(HFSError) { result = .success(try visit(header, bytes, 0)) } catch { result = .failure(error) }
        }
        return try result.get()
    }

    func firstLSN(sinceMs ms: Int64, through last: UInt64) throws(HFSError) -> UInt64 {
        var isFound = false
        let lsn = try walk(from: 1, through: last) { header, bytes, offset in
            isFound = EditRecordCodec.timeMs(header, in: bytes, at: offset) >= ms
            return !isFound
        }
        return isFound ? lsn - 1 : lsn
    }
}
