internal import Core

/// Keeps a zero-filled segment ready ahead of the log, so that a batch never waits for space and a full disk is known before
/// anything is promised; removes segments that nobody needs; and saves the answers of retried calls when a segment begins.
/// Has a thread of its own.
///
/// `@unchecked Sendable`: mutable state is used only with `lock` held.
final class SegmentKeeper: @unchecked Sendable {
    static let preparedPrefix = "prepared-"

    struct Settings {
        var directory: String
        var segmentBytes: Int
        var retention: RetentionPolicy
        var clock: any HFSClock
        /// Told, in words, of events that went although a cursor needs them.
        var onLoss: @Sendable (String) -> Void = { _ in }
    }

    let io: any FileIO
    let settings: Settings
    let lock = ConditionLock()
    private var ready: String?
    private var failure: HFSError?
    private var nextNumber = 0
    var segments: [SegmentFile]
    /// Everything up to this LSN is in synced shard files.
    private var synced: UInt64 = 0
    /// The first records that cursors still need; nil: not known yet, so nothing is removed.
    var cursors: [UInt64]?
    /// Everything before this LSN is gone from the disk, too.
    private var removedBefore: UInt64 = 0
    /// Segments that went for want of space although a cursor needed them.
    var segmentsLost = 0
    /// While no segment can be prepared, every other turn looks for old ones to remove.
    private var looksForRoom = false
    private var hasRemovalWork = false
    private var snapshot: RetrySnapshot?
    private var isClosed = false
    private var thread: DedicatedThread?

    /// How often age and free space are looked at when nothing happens.
    private static let lookMs: Int64 = 30_000
    /// A disk that was full is tried again after this long.
    private static let retryMs: Int64 = 100
    /// Segments kept below the newest one whatever the retention setting says.
    private static let segmentsKeptMin = 3

    /// - Parameter awaitsCursors: removes nothing before `setCursors`.
    init(io: any FileIO, settings: Settings, segments: [SegmentFile], awaitsCursors: Bool) {
        self.io = io
        self.settings = settings
        self.segments = segments
        cursors = awaitsCursors ? nil : []
    }

    func start() throws(HFSError) {
        thread = try DedicatedThread(name: "edits-keeper") { [self] in
            while step() {}
        }
    }

    func close() {
        lock.withLock {
            isClosed = true
            lock.broadcast()
        }
        thread?.join()
        thread = nil
    }

    /// Takes the ready segment's path. Waits while one is being made; throws why there is none.
    func claim() throws(HFSError) -> String {
        try lock.withLock { () throws(HFSError) -> String in
            while true {
                if let path = ready {
                    ready = nil
                    lock.broadcast()
                    return path
                }
                if let failure { throw failure }
                if isClosed { throw HFSError(.retriable, "the metadata engine is closed") }
                lock.wait()
            }
        }
    }

    /// As `claim`, without waiting: nil while a segment is being made.
    func claimReady() throws(HFSError) -> String? {
        try lock.withLock { () throws(HFSError) -> String? in
            guard let path = ready else {
                if let failure { throw failure }
                return nil
            }
            ready = nil
            lock.broadcast()
            return path
        }
    }

    /// Why there is no segment to go on in when the open one is full.
    var problem: HFSError? { lock.withLock { failure } }
    /// Segments of the log and their size.
    var retained: (segments: Int, bytes: Int) {
        lock.withLock { (segments.count, segments.count * settings.segmentBytes) }
    }

    /// The log goes on in this segment.
    func began(_ segment: SegmentFile, _ snapshot: RetrySnapshot) {
        lock.withLock {
            segments.append(segment)
            self.snapshot = snapshot
            hasRemovalWork = true
            lock.broadcast()
        }
    }

    /// Everything up to `lsn` is in synced shard files.
    func setSynced(_ lsn: UInt64) {
        lock.withLock {
            guard lsn > synced else { return }
            synced = lsn
            hasRemovalWork = true
            lock.broadcast()
        }
    }

    /// Cursors of the feed: the first record that each still needs. One that lies before the oldest record is not honoured.
    func setCursors(_ lsns: [UInt64]) {
        lock.withLock {
            cursors = lsns
            hasRemovalWork = true
            lock.broadcast()
        }
    }

    /// The files of all segments before the one with this first LSN are removed.
    func removed(before lsn: UInt64) {
        lock.withLock {
            removedBefore = lsn
            lock.broadcast()
        }
    }

    /// Blocks until the record `lsn` has been removed since the start; false when it takes longer than `timeoutMs`.
    func awaitRemoval(of lsn: UInt64, timeoutMs: Int64) -> Bool {
        let clock = SystemClock()
        let deadlineMs = clock.monotonicMs + timeoutMs
        return lock.withLock {
            while removedBefore <= lsn, !isClosed {
                let leftMs = deadlineMs - clock.monotonicMs
                guard leftMs > 0 else { return false }
                lock.wait(milliseconds: leftMs)
            }
            return removedBefore > lsn
        }
    }

    private enum Work { case prepare(String), look, save(RetrySnapshot), wait, stop }

    private func step() -> Bool {
        let work = lock.withLock { nextWork() }
        switch work {
        case .stop: return false
        case .wait: break
        case .prepare(let path): prepare(path)
        case .look: if removeOldest() { lock.withLock { hasRemovalWork = true } }
        case .save(let snapshot): save(snapshot)
        }
        return true
    }

    private func nextWork() -> Work {
        if isClosed { return .stop }
        if ready == nil {
            if failure != nil {
                if lock.wait(milliseconds: Self.retryMs), isClosed { return .stop }
                // What nobody needs by now makes room for what is to come.
                looksForRoom.toggle()
                if looksForRoom { return .look }
            }
            nextNumber += 1
            return .prepare("\(settings.directory)/\(Self.preparedPrefix)\(nextNumber)")
        }
        if let newest = snapshot {
            snapshot = nil
            return .save(newest)
        }
        if hasRemovalWork {
            hasRemovalWork = false
            return .look
        }
        // Segments grow old and disks fill without anybody telling.
        if !lock.wait(milliseconds: Self.lookMs) { hasRemovalWork = true }
        return .wait
    }

    /// The oldest segment and the one behind it, when neither a shard nor an answer of a retried call needs it.
    func removable() -> (oldest: SegmentFile, next: SegmentFile)? {
        lock.withLock {
            guard cursors != nil, segments.count > Self.segmentsKeptMin, segments[1].firstLSN <= synced + 1,
                // Answers of retried calls are read from the log after a restart.
                segments[1].createdMs + Limits.retryEntryLifetimeMs < settings.clock.nowMs
            else { return nil }
            return (segments[0], segments[1])
        }
    }

    private func save(_ snapshot: RetrySnapshot) {
        do throws(HFSError) {
            try io.replaceAtomically("\(settings.directory)/\(RetrySnapshot.fileName)", with: snapshot.encoded())
        } catch {
            // The next start reads more of the log.
        }
    }

    private func prepare(_ path: String) {
        var problem: HFSError?
        do throws(HFSError) {
            try fill(path)
        } catch {
            problem = error
            do throws(HFSError) { try io.remove(path) } catch {}
        }
        lock.withLock {
            failure = problem
            if problem == nil { ready = path }
            lock.broadcast()
        }
    }

    private func fill(_ path: String) throws(HFSError) {
        let file = try io.open(path, .create)
        defer { file.close() }
        let step = min(1 << 20, settings.segmentBytes)
        let zeros = UnsafeMutableRawBufferPointer.allocate(byteCount: step, alignment: 4096)
        defer { zeros.deallocate() }
        zeros.initializeMemory(as: UInt8.self, repeating: 0)
        var offset = 0
        while offset < settings.segmentBytes {
            let count = min(step, settings.segmentBytes - offset)
            try file.write(UnsafeRawBufferPointer(rebasing: zeros[..<count]), at: UInt64(offset))
            offset += count
        }
        try file.sync()
        try io.syncDirectory(settings.directory)
    }
}
