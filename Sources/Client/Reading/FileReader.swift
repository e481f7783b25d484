public import Core

/// A file open for reading, for any number of tasks at once.
///
/// Checksums of all bytes are verified. A replica that fails or is corrupt is left for another one, a corrupt one is
/// reported to the namenode; when none is left the locations are asked for again.
public final class FileReader: Sendable {
    public let path: String

    init(path: String) { self.path = path }

    /// Bytes that can be read, as of the opening or the last `refresh()`.
    public var length: UInt64 { 0 }

    /// Whether a writer had the file open then.
    public var isUnderConstruction: Bool { false }

    /// `count` bytes from `offset`, fewer at the file's end, none behind it.
    ///
    /// Errors: `.blockUnavailable` when no replica can be read, `.checksumMismatch` when all that can are corrupt.
    public func read(at offset: UInt64, count: Int) async throws(HFSError) -> [UInt8] {
        throw HFSError(.unsupported, "not yet")
    }

    /// The bytes from `offset` to the end in order, in chunks of `ClientConfiguration.readChunkBytes` at most, with one
    /// chunk read ahead.
    public func chunks(from offset: UInt64 = 0, to end: UInt64? = nil) -> FileChunks { FileChunks() }

    /// Asks for the length and the locations again: for files that are still written. Answers the new length.
    @discardableResult
    public func refresh() async throws(HFSError) -> UInt64 { throw HFSError(.unsupported, "not yet") }

    /// Closes its connections; reads still running fail with `.cancelled`.
    public func close() async {}
}
