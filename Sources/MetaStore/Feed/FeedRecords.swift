package import Core

/// Whole records of the log, one after another.
package struct FeedRecords: Sendable {
    package private(set) var records: [EditRecord] = []
    /// The newest record that readers could see.
    package let publishedLSN: LSN

    init(from start: UInt64, eventsMax: Int, _ source: any FeedSource) throws(HFSError) {
        let last = source.publishedLSN
        publishedLSN = LSN(last)
        var lsn = start == 0 ? source.oldestLSN : start
        var events = 0
        var looked = 0
        var isFull = false
        var found: [EditRecord] = []
        while lsn <= last, !isFull {
            lsn = try source.walk(from: lsn, through: last) { header, bytes, offset throws(HFSError) in
                let record = try EditRecordCodec.decode(header, in: bytes, at: offset)
                events += record.mutation.events.count
                looked += header.paddedBytes
                found.append(record)
                isFull = events >= eventsMax || looked >= Limits.feedTurnBytesMax
                return !isFull
            }
        }
        records = found
    }
}
