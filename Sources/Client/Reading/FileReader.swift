public import Core
import Synchronization
import Transport
import WireProtocol

/// A file open for reading, for any number of tasks at once.
///
/// Checksums of all bytes are verified. A replica that fails or is corrupt is left for another one, a corrupt one is
/// reported to the namenode; when none is left the locations are asked for again.
public final class FileReader: Sendable {
    public let path: String
    private let layout = FileLayout()
    private let locator: BlockLocator
    private let source: ReplicaSource
    private let configuration: ClientConfiguration
    private let readers = Mutex<[ObjectIdentifier: SocketCanceller]>([:])
    private let isClosed = Atomic<Bool>(false)
    let pool: ThreadPool

    init(
        path: String, locator: BlockLocator, source: ReplicaSource, pool: ThreadPool, configuration: ClientConfiguration
    ) async throws(HFSError) {
        self.path = path
        self.locator = locator
        self.source = source
        self.pool = pool
        self.configuration = configuration
        try await locator.fetch(into: layout)
    }

    /// Bytes that can be read, as of the opening or the last `refresh()`.
    public var length: UInt64 { layout.length }

    /// Whether a writer had the file open then.
    public var isUnderConstruction: Bool { layout.isUnderConstruction }

    /// `count` bytes from `offset`, fewer at the file's end, none behind it.
    ///
    /// Errors: `.blockUnavailable` when no replica can be read, `.cancelled` after `close()`.
    public func read(at offset: UInt64, count: Int) async throws(HFSError) -> [UInt8] {
        let length = layout.length
        guard count > 0, offset < length else { return [] }
        let end = min(offset + UInt64(count), length)
        if let inline = layout.inline, end <= UInt64(inline.count), !isClosed.load(ordering: .acquiring) {
            return Array(inline[Int(offset)..<Int(end)])
        }
        let canceller = SocketCanceller()
        let range = RangeReader(source: source, layout: layout, from: offset, to: end, canceller: canceller)
        try begin(canceller)
        defer { finish(canceller) }
        var retry = retries()
        let deadlineMs = deadlineMs()
        var bytes: [UInt8] = []
        while true {
            let outcome = try await pool.run(onCancel: { canceller.cancel() }) { () throws(HFSError) in
                range.read(count: Int(end - range.position), deadlineMs: deadlineMs)
            }
            await reportCorrupt()
            if bytes.isEmpty { bytes = outcome.bytes } else { bytes += outcome.bytes }
            guard let error = outcome.error else { return bytes }
            try await recover(from: error, &retry)
        }
    }

    /// The bytes from `offset` to `end`, or to the end of the file, in order, in chunks of
    /// `ClientConfiguration.readChunkBytes` at most, with one chunk read ahead.
    public func chunks(from offset: UInt64 = 0, to end: UInt64? = nil) -> FileChunks {
        FileChunks(reader: self, start: offset, end: end)
    }

    /// Asks for the length and the locations again: for files that are still written. Answers the new length.
    @discardableResult
    public func refresh() async throws(HFSError) -> UInt64 {
        try await locator.fetch(into: layout)
        return layout.length
    }

    /// Ends reads that still run: they fail with `.cancelled`, later ones too.
    public func close() async {
        isClosed.store(true, ordering: .releasing)
        let running = readers.withLock { Array($0.values) }
        for canceller in running { canceller.cancel() }
    }

    // MARK: For the chunks

    var chunkBytes: Int { max(configuration.readChunkBytes, 1) }

    func deadlineMs() -> Int64 { source.clock.monotonicMs + configuration.operationDeadlineMs }

    func feed(from offset: UInt64, to end: UInt64?) -> ChunkFeed {
        let canceller = SocketCanceller()
        readers.withLock { $0[ObjectIdentifier(canceller)] = canceller }
        if isClosed.load(ordering: .acquiring) { canceller.cancel() }
        let length = layout.length
        let start = min(offset, length)
        let range = RangeReader(
            source: source, layout: layout, from: start, to: max(start, min(end ?? length, length)),
            canceller: canceller)
        return ChunkFeed(reader: self, range: range, canceller: canceller)
    }

    /// The times that locations may be fetched again in one read.
    struct Retries {
        var left: Int
        var pause: RetryPause
    }

    func retries() -> Retries { Retries(left: configuration.locationRefetchesMax, pause: locator.namenode.pauses()) }

    /// Fetches the locations again after a block could not be read; throws `error` when that was done often enough.
    func recover(from error: HFSError, _ retries: inout Retries) async throws(HFSError) {
        guard error.code == .blockUnavailable, retries.left > 0 else { throw error }
        retries.left -= 1
        try await retries.pause.wait(orThrow: error)
        try await locator.fetch(into: layout)
    }

    /// Tells the namenode of corrupt replicas. That it cannot be told does not harm the read.
    func reportCorrupt() async {
        let found = layout.takeCorrupt()
        if !found.isEmpty { await locator.report(found) }
    }

    private func begin(_ canceller: SocketCanceller) throws(HFSError) {
        readers.withLock { $0[ObjectIdentifier(canceller)] = canceller }
        guard !isClosed.load(ordering: .acquiring) else {
            finish(canceller)
            throw HFSError(.cancelled, "The reader is closed", subject: path)
        }
    }

    /// `close()` need not end this read any more.
    func finish(_ canceller: SocketCanceller) {
        readers.withLock { $0[ObjectIdentifier(canceller)] = nil }
    }
}
