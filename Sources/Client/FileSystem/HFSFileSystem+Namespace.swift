public import Core

extension HFSFileSystem {
    /// What is at `path`; `.fileNotFound` when nothing is.
    public func status(of path: String) async throws(HFSError) -> FileStatus { throw unfinished() }

    /// Whether something is at `path`.
    public func exists(_ path: String) async throws(HFSError) -> Bool { throw unfinished() }

    /// The entries of a directory in byte order of their names, fetched in pages of 1,000; for a file the file itself,
    /// with an empty name. `.fileNotFound` when nothing is there. Entries made or removed during the listing may or may
    /// not show.
    public func list(_ path: String) -> DirectoryListing { DirectoryListing() }

    /// Makes a directory, and its parents with `createsParents`. One that exists already is left as it is.
    ///
    /// Errors: `.alreadyExists` or `.notADirectory` for a file in the way, `.fileNotFound` for a missing parent.
    public func makeDirectory(
        _ path: String, mode: FileMode? = nil, createsParents: Bool = true
    ) async throws(HFSError) { throw unfinished() }

    /// Deletes a file or a directory. False when nothing was there, and for the root.
    ///
    /// `.directoryNotEmpty` when a directory has entries and `recursive` is false.
    @discardableResult
    public func delete(_ path: String, recursive: Bool = false) async throws(HFSError) -> Bool { throw unfinished() }

    /// Renames a file or directory, atomically. With `overwriting` a file takes the place of a file, a directory that of
    /// an empty directory.
    ///
    /// Errors: `.fileNotFound` for the source or the target's parent, `.alreadyExists` for the target, `.remote` where
    /// kinds differ or a directory would move into itself.
    public func rename(_ path: String, to target: String, overwriting: Bool = false) async throws(HFSError) {
        throw unfinished()
    }

    /// Appends the blocks of `sources` to `target` and removes them. All in one directory.
    public func concatenate(_ sources: [String], onto target: String) async throws(HFSError) { throw unfinished() }

    /// Cuts a closed file to `length` bytes. False: done once the last block is recovered; ask `isClosed(_:)`.
    public func truncate(_ path: String, to length: UInt64) async throws(HFSError) -> Bool { throw unfinished() }

    /// Whether no writer has the file open.
    public func isClosed(_ path: String) async throws(HFSError) -> Bool { throw unfinished() }

    /// Takes the lease from a writer that is gone. True: the file is closed now; false: recovery has begun.
    public func recoverLease(_ path: String) async throws(HFSError) -> Bool { throw unfinished() }

    /// Files, directories, bytes and quotas below a path.
    public func contentSummary(of path: String) async throws(HFSError) -> ContentSummary { throw unfinished() }

    /// The blocks of `length` bytes of a file from `offset`, each with its datanodes, nearest first.
    public func blockLocations(
        of path: String, offset: UInt64 = 0, length: UInt64 = UInt64(Int64.max)
    ) async throws(HFSError) -> LocatedBlocks { throw unfinished() }

    /// The checksum of a file's bytes, put together from what its datanodes answer; no data travels.
    ///
    /// `.blockUnavailable` when no replica of a block answers.
    public func checksum(
        of path: String, kind: FileChecksum.Kind = .md5OfBlocks
    ) async throws(HFSError) -> FileChecksum { throw unfinished() }

    func unfinished() -> HFSError { HFSError(.unsupported, "not yet") }
}
