internal import Core

/// The feed's records as they lie in the segments of the edits log, the open one included.
///
/// What is published was synced before, so the bytes of a published record never change; nothing behind the newest published
/// one is looked at. Takes no lock that the planner needs for long.
final class SegmentFeedSource: FeedSource {
    private let io: any FileIO
    private let keeper: SegmentKeeper
    private let view: PublishedView
    private let index = SegmentIndex()

    init(io: any FileIO, keeper: SegmentKeeper, view: PublishedView) {
        self.io = io
        self.keeper = keeper
        self.view = view
    }

    var publishedLSN: UInt64 { view.publishedLSN }
    var oldestLSN: UInt64 { keeper.oldestLSN ?? publishedLSN + 1 }

    func setCursors(_ lsns: [UInt64]) { keeper.setCursors(lsns) }

    func walk(from lsn: UInt64, through last: UInt64, _ visit: RecordVisitor) throws(HFSError) -> UInt64 {
        guard lsn <= last else { return lsn }
        guard let found = keeper.segment(of: lsn) else { throw HFSError.eventsRemoved(lsn, oldest: oldestLSN) }
        let end = min(last, found.lastLSN)
        do throws(HFSError) {
            return try walk(found.segment, from: lsn, through: end, visit)
        } catch {
            // Removed between the look and the reading.
            guard lsn >= oldestLSN else { throw HFSError.eventsRemoved(lsn, oldest: oldestLSN) }
            throw error
        }
    }

    private func walk(
        _ segment: SegmentFile, from lsn: UInt64, through last: UInt64, _ visit: RecordVisitor
    ) throws(HFSError) -> UInt64 {
        let known = index.place(before: lsn, inSegment: segment.firstLSN)
        // Once a segment: places in those that are gone are of no use.
        if known == nil { index.forget(before: oldestLSN) }
        let reader = try SegmentReader(segment, at: known, io: io)
        var places: [SegmentPlace] = []
        var lastPosition = reader.place.position
        defer { index.add(places, toSegment: segment.firstLSN) }
        while reader.place.lsn < last {
            let record = try reader.next()
            if SegmentIndex.isStep(from: lastPosition, to: reader.place.position) {
                places.append(reader.place)
                lastPosition = reader.place.position
            }
            if record.header.lsn >= lsn, try !visit(record.header, reader.bytes, record.offset) { break }
        }
        return reader.place.lsn + 1
    }

    func firstLSN(sinceMs ms: Int64, through last: UInt64) throws(HFSError) -> UInt64 {
        index.forget(before: oldestLSN)
        guard let segment = try keeper.lastSegment(createdAtOrBefore: ms) else { return min(oldestLSN, last + 1) }
        // Its records were planned after it was made; those of the next one after that one was made.
        var lsn = segment.firstLSN
        var isFound = false
        while !isFound, lsn <= last {
            lsn = try walk(from: lsn, through: last) { header, bytes, offset throws(HFSError) in
                isFound = EditRecordCodec.timeMs(header, in: bytes, at: offset) >= ms
                return !isFound
            }
        }
        return isFound ? lsn - 1 : lsn
    }
}

extension HFSError {
    static func eventsRemoved(_ lsn: UInt64, oldest: UInt64) -> HFSError {
        HFSError(
            .eventsRemoved,
            "events from LSN \(lsn) on were asked for, the oldest ones still kept are those of LSN \(oldest)")
    }
}
