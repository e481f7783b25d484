internal import Core

/// What of the log goes, and when. On the keeper's thread, nothing slow with the lock held.
extension SegmentKeeper {
    /// Removes the oldest segment if its time has come; true when it did, and the next one may follow.
    func removeOldest() -> Bool {
        guard let (oldest, next) = removable() else { return false }
        let (createdMs, freeBytes) = look(next)
        let (verdict, isHeld) = lock.withLock { () -> (RetentionPolicy.Verdict, Bool) in
            segments[1].createdMs = createdMs
            let isHeld = cursors?.contains { $0 >= oldest.firstLSN && $0 < next.firstLSN } ?? true
            let verdict = settings.retention.verdict(
                ageMs: settings.clock.nowMs - createdMs, keptBytes: segments.count * settings.segmentBytes,
                isHeld: isHeld, freeBytes: freeBytes)
            if verdict != .keep { segments.removeFirst() }
            if verdict == .removeForSpace, isHeld { segmentsLost += 1 }
            return (verdict, isHeld)
        }
        guard verdict != .keep else { return false }
        remove(oldest)
        if isHeld {
            let why =
                verdict == .removeForSpace ? "the disk has less than the reserve free" : "they are too old or too many"
            settings.onLoss(
                "events from LSN \(oldest.firstLSN) to \(next.firstLSN - 1) are removed although a cursor needs them: \(why)"
            )
        }
        return true
    }

    /// When a segment was made, from its header where it is not known yet, and what the disk has free.
    private func look(_ segment: SegmentFile) -> (createdMs: Int64, freeBytes: UInt64?) {
        var createdMs = segment.createdMs
        var freeBytes: UInt64?
        do throws(HFSError) {
            freeBytes = try io.freeBytes(at: settings.directory)
            if createdMs == 0 { createdMs = try SegmentHeader.read(segment.path, io: io)?.createdMs ?? 0 }
        } catch {
            // Not known, so it does not count.
        }
        return (createdMs == 0 ? settings.clock.nowMs : createdMs, freeBytes)
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
