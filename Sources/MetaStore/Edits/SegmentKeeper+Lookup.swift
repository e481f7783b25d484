internal import Core

/// Which segment holds what, for readers of the feed.
extension SegmentKeeper {
    /// The oldest record that is kept; nil when there are no segments.
    var oldestLSN: UInt64? { lock.withLock { segments.first?.firstLSN } }

    /// The segment of a record and the last LSN that it may hold; nil when it is no longer kept.
    func segment(of lsn: UInt64) -> (segment: SegmentFile, lastLSN: UInt64)? {
        lock.withLock {
            guard let index = segments.lastIndex(where: { $0.firstLSN <= lsn }) else { return nil }
            return (segments[index], index + 1 < segments.count ? segments[index + 1].firstLSN - 1 : .max)
        }
    }

    /// The newest segment that was made at or before `ms`; nil when all were made later. Reads the headers of some.
    func lastSegment(createdAtOrBefore ms: Int64) throws(HFSError) -> SegmentFile? {
        let known = lock.withLock { segments }
        var low = 0
        var high = known.count
        while low < high {
            let middle = (low + high) / 2
            // One that was begun just now may have no header yet.
            let createdMs = try SegmentHeader.read(known[middle].path, io: io)?.createdMs ?? known[middle].createdMs
            if createdMs <= ms { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? nil : known[low - 1]
    }
}
