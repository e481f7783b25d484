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
        var retentionBytes: Int
        var clock: any HFSClock
    }

    let io: any FileIO
    private let settings: Settings
    let lock = ConditionLock()
    private var ready: String?
    private var failure: HFSError?
    private var nextNumber = 0
    var segments: [SegmentFile]
    /// Everything up to this LSN is in synced shard files.
    private var synced: UInt64 = 0
    private var hasRemovalWork = false
    private var snapshot: RetrySnapshot?
    private var isClosed = false
    private var thread: DedicatedThread?

    /// A disk that was full is tried again after this long.
    private static let retryMs: Int64 = 100
    /// Segments kept below the newest one whatever the retention setting says.
    private static let segmentsKeptMin = 3

    init(io: any FileIO, settings: Settings, segments: [SegmentFile]) {
        self.io = io
        self.settings = settings
        self.segments = segments
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

    private enum Work { case prepare(String), remove(SegmentFile), save(RetrySnapshot), wait, stop }

    private func step() -> Bool {
        let work = lock.withLock { nextWork() }
        switch work {
        case .stop: return false
        case .wait: break
        case .prepare(let path): prepare(path)
        case .remove(let segment): remove(segment)
        case .save(let snapshot): save(snapshot)
        }
        return true
    }

    private func nextWork() -> Work {
        if isClosed { return .stop }
        if ready == nil {
            if failure != nil, lock.wait(milliseconds: Self.retryMs), isClosed { return .stop }
            nextNumber += 1
            return .prepare("\(settings.directory)/\(Self.preparedPrefix)\(nextNumber)")
        }
        if let newest = snapshot {
            snapshot = nil
            return .save(newest)
        }
        if hasRemovalWork {
            if let segment = removable() { return .remove(segment) }
            hasRemovalWork = false
        }
        lock.wait()
        return .wait
    }

    private func removable() -> SegmentFile? {
        guard segments.count > Self.segmentsKeptMin, segments[1].firstLSN <= synced + 1,
            segments.count * settings.segmentBytes > settings.retentionBytes,
            // Answers of retried calls are read from the log after a restart.
            segments[1].createdMs + Limits.retryEntryLifetimeMs < settings.clock.nowMs
        else { return nil }
        return segments.removeFirst()
    }

    private func remove(_ segment: SegmentFile) {
        do throws(HFSError) {
            try io.remove(segment.path)
            try io.syncDirectory(settings.directory)
        } catch {
            // It stays behind as the oldest segment and is found again at the next start.
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
