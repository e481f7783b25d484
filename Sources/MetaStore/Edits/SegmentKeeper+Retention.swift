internal import Core

/// What of the log goes, and when. On the keeper's thread, nothing slow with the lock held.
extension SegmentKeeper {
    /// Removes the oldest segment if its time has come; true when it did, and the next one may follow.
    func removeOldest() -> Bool {
        guard let (oldest, next) = removable() else { return false }
        let freeBytes = freeBytes()
        let (first, second) = (known(oldest), known(next))
        let (verdict, isHeld) = lock.withLock { () -> (RetentionPolicy.Verdict, Bool) in
            (segments[0], segments[1]) = (first, second)
            let isHeld = cursors?.contains { $0 >= oldest.firstLSN && $0 < next.firstLSN } ?? true
            let verdict = settings.retention.verdict(
                ageMs: second.createdMs == 0 ? 0 : settings.clock.nowMs - second.createdMs,
                keptBytes: segments.count * settings.segmentBytes, smallFileBytes: smallFileBytes(since: first),
                isHeld: isHeld, freeBytes: freeBytes)
            if verdict != .keep { segments.removeFirst() }
            if verdict == .removeForSpace, isHeld { segmentsLost += 1 }
            return (verdict, isHeld)
        }
        guard verdict != .keep else { return false }
        remove(oldest)
        removed(before: next.firstLSN)
        if isHeld {
            let why =
                verdict == .removeForSpace ? "the disk has less than the reserve free" : "they are too old or too many"
            settings.onLoss(
                "events from LSN \(oldest.firstLSN) to \(next.firstLSN - 1) are removed although a cursor needs them: \(why)"
            )
        }
        return true
    }

    /// A segment with what its header says; as it was when that cannot be read: then its age does not count.
    private func known(_ segment: SegmentFile) -> SegmentFile {
        guard segment.createdMs == 0 else { return segment }
        var segment = segment
        do throws(HFSError) {
            guard let header = try SegmentHeader.read(segment.path, io: io) else { return segment }
            (segment.createdMs, segment.smallFileBytes) = (header.createdMs, header.smallFileBytes)
        } catch {
            // Not known, so it does not count.
        }
        return segment
    }

    /// What small files take up from a segment on, as far as it was counted. With the lock held.
    private func smallFileBytes(since first: SegmentFile) -> Int {
        let newest = segments.last?.smallFileBytes ?? 0
        return newest > first.smallFileBytes ? Int(clamping: newest - first.smallFileBytes) : 0
    }

    /// Of the disk; nil when it cannot be found out.
    private func freeBytes() -> UInt64? {
        do throws(HFSError) { return try io.freeBytes(at: settings.directory) } catch { return nil }
    }

    private func remove(_ segment: SegmentFile) {
        do throws(HFSError) {
            try io.remove(segment.path)
            try io.syncDirectory(settings.directory)
        } catch {
            // It stays behind as the oldest segment and is found again at the next start.
        }
    }

    /// Why a consumer of the feed will miss events; nil while none does.
    var loss: String? {
        lock.withLock {
            guard segmentsLost > 0, let oldest = segments.first?.firstLSN,
                let behind = cursors?.filter({ $0 < oldest }).min()
            else { return nil }
            return "events from LSN \(behind) to \(oldest - 1) are gone although a cursor needs them: the disk was full"
        }
    }
}
