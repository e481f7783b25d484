internal import Core

/// A read of the feed on its way.
///
/// `@unchecked Sendable`: one thread at a time has it - a reader, or the tail's.
final class FeedTask: @unchecked Sendable {
    let filter: FeedFilter
    let entriesMax: Int
    let owner: UInt64
    let isAbandoned: @Sendable () -> Bool
    /// By the monotonic clock.
    let deadlineMs: Int64
    let completion: EventFeed.Completion
    private let start: FeedStart
    /// The next record to look at; nil before the first turn.
    var position: UInt64?

    init(_ request: FeedRequest, deadlineMs: Int64, completion: @escaping EventFeed.Completion) {
        start = request.start
        filter = request.filter
        entriesMax = min(max(request.entriesMax, 1), Limits.feedPageEntriesMax)
        owner = request.owner
        isAbandoned = request.isAbandoned
        self.deadlineMs = deadlineMs
        self.completion = completion
    }

    /// A turn: reads on until the page is full, the turn's bytes are used up, or `last` is reached.
    func read(_ source: any FeedSource, through last: UInt64) throws(HFSError) -> FeedPage {
        var lsn = if let position { position } else { try begin(source, through: last) }
        var page = FeedPage(nextLSN: LSN(lsn), publishedLSN: LSN(last), oldestLSN: LSN(source.oldestLSN))
        let packer = EventPacker()
        var looked = 0
        var size = 0
        var isFull = false
        while lsn <= last, !isFull {
            lsn = try source.walk(from: lsn, through: last) { header, bytes, offset throws(HFSError) in
                looked += header.paddedBytes
                size += try EditRecordCodec.packEvents(header, in: bytes, at: offset, filter, into: packer)
                isFull =
                    packer.count >= entriesMax || size >= Limits.feedPageBytesMax
                    || looked >= Limits.feedTurnBytesMax
                return !isFull
            }
        }
        position = lsn
        page.nextLSN = LSN(lsn)
        page.events = packer.packed
        return page
    }

    private func begin(_ source: any FeedSource, through last: UInt64) throws(HFSError) -> UInt64 {
        switch start {
        case .lsn(.zero): return source.oldestLSN
        case .lsn(let lsn):
            guard lsn.rawValue <= last + 1 else {
                throw HFSError(
                    .invalidArgument, "LSN \(lsn) lies in the future: the newest record of this namespace is \(last)")
            }
            return lsn.rawValue
        case .time(let ms): return try source.firstLSN(sinceMs: ms, through: last)
        case .end: return last + 1
        }
    }
}
