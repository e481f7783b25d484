public import Core
import WireProtocol

extension HFSFileSystem {
    /// What is at `path`; `.fileNotFound` when nothing is.
    public func status(of path: String) async throws(HFSError) -> FileStatus {
        guard let found = try await statusIfPresent(path) else {
            throw HFSError(.fileNotFound, "File does not exist: \(path)")
        }
        return found
    }

    /// Whether something is at `path`.
    public func exists(_ path: String) async throws(HFSError) -> Bool {
        try await statusIfPresent(path) != nil
    }

    /// The entries of a directory in byte order of their names, fetched in pages of 1,000; for a file the file itself,
    /// with an empty name. `.fileNotFound` when nothing is there. Entries made or removed during the listing may or may
    /// not show.
    public func list(_ path: String) -> DirectoryListing {
        DirectoryListing(namenode: namenode, path: path)
    }

    /// Makes a directory, and its parents with `createsParents`. One that exists already is left as it is.
    ///
    /// Errors: `.alreadyExists` or `.notADirectory` for a file in the way, `.fileNotFound` for a missing parent.
    public func makeDirectory(
        _ path: String, mode: FileMode? = nil, createsParents: Bool = true
    ) async throws(HFSError) {
        var request = Hadoop_Hdfs_MkdirsRequestProto()
        request.src = path
        request.masked = (mode ?? masked(0o777)).proto
        if mode == nil { request.unmasked = FileMode(0o777).proto }
        request.createParent = createsParents
        let answer: Hadoop_Hdfs_MkdirsResponseProto = try await namenode.call("mkdirs", request)
        guard answer.result else { throw HFSError(.io, "The namenode did not make the directory", subject: path) }
    }

    /// Deletes a file or a directory. False when nothing was there, and for the root.
    ///
    /// `.directoryNotEmpty` when a directory has entries and `recursive` is false.
    @discardableResult
    public func delete(_ path: String, recursive: Bool = false) async throws(HFSError) -> Bool {
        var request = Hadoop_Hdfs_DeleteRequestProto()
        request.src = path
        request.recursive = recursive
        let answer: Hadoop_Hdfs_DeleteResponseProto = try await namenode.call("delete", request)
        return answer.result
    }

    /// Renames a file or directory, atomically. With `overwriting` a file takes the place of a file, a directory that of
    /// an empty directory.
    ///
    /// Errors: `.fileNotFound` for the source or the target's parent, `.alreadyExists` for the target, `.remote` where
    /// kinds differ or a directory would move into itself.
    public func rename(_ path: String, to target: String, overwriting: Bool = false) async throws(HFSError) {
        var request = Hadoop_Hdfs_Rename2RequestProto()
        request.src = path
        request.dst = target
        request.overwriteDest = overwriting
        let _: Hadoop_Hdfs_Rename2ResponseProto = try await namenode.call("rename2", request)
    }

    /// Appends the blocks of `sources` to `target` and removes them. All in one directory.
    public func concatenate(_ sources: [String], onto target: String) async throws(HFSError) {
        var request = Hadoop_Hdfs_ConcatRequestProto()
        request.trg = target
        request.srcs = sources
        let _: Hadoop_Hdfs_ConcatResponseProto = try await namenode.call("concat", request)
    }

    /// Cuts a closed file to `length` bytes. False: done once the last block is recovered; ask `isClosed(_:)`.
    public func truncate(_ path: String, to length: UInt64) async throws(HFSError) -> Bool {
        var request = Hadoop_Hdfs_TruncateRequestProto()
        request.src = path
        request.newLength = length
        request.clientName = clientName
        let answer: Hadoop_Hdfs_TruncateResponseProto = try await namenode.call("truncate", request)
        return answer.result
    }

    /// Whether no writer has the file open.
    public func isClosed(_ path: String) async throws(HFSError) -> Bool {
        var request = Hadoop_Hdfs_IsFileClosedRequestProto()
        request.src = path
        let answer: Hadoop_Hdfs_IsFileClosedResponseProto = try await namenode.call("isFileClosed", request)
        return answer.result
    }

    /// Takes the lease from a writer that is gone. True: the file is closed now; false: recovery has begun.
    public func recoverLease(_ path: String) async throws(HFSError) -> Bool {
        try await recoverLease(path, droppingLastBlock: false).isClosed
    }

    /// As `recoverLease(_:)`, telling what an open file waits for.
    ///
    /// - Parameter droppingLastBlock: close a file whose recovery runs already without its open last block, when only
    ///   datanodes that are away could have bytes of it; superusers of an hfs cluster only. Other namenodes ignore it.
    /// - Throws: `.recoveryInProgress` when connected datanodes may have bytes of a block that is to be dropped.
    public func recoverLease(
        _ path: String, droppingLastBlock: Bool
    ) async throws(HFSError) -> LeaseRecoveryAnswer {
        var request = Hadoop_Hdfs_RecoverLeaseRequestProto()
        request.src = path
        request.clientName = clientName
        if droppingLastBlock { request.dropLastBlock = true }
        let answer: Hadoop_Hdfs_RecoverLeaseResponseProto = try await namenode.call("recoverLease", request)
        return LeaseRecoveryAnswer(isClosed: answer.result, waitsFor: answer.waitsFor)
    }

    /// Files, directories, bytes and quotas below a path.
    public func contentSummary(of path: String) async throws(HFSError) -> ContentSummary {
        var request = Hadoop_Hdfs_GetContentSummaryRequestProto()
        request.path = path
        let answer: Hadoop_Hdfs_GetContentSummaryResponseProto = try await namenode.call("getContentSummary", request)
        return ContentSummary(answer.summary)
    }

    /// The blocks of `length` bytes of a file from `offset`, each with its datanodes, nearest first.
    public func blockLocations(
        of path: String, offset: UInt64 = 0, length: UInt64 = UInt64(Int64.max)
    ) async throws(HFSError) -> LocatedBlocks {
        try LocatedBlocks(try await locator(path).locations(offset: offset, length: length))
    }

    /// The checksum of a file's bytes, put together from what its datanodes answer; no data travels.
    ///
    /// `.blockUnavailable` when no replica of a block answers.
    public func checksum(
        of path: String, kind: FileChecksum.Kind = .md5OfBlocks
    ) async throws(HFSError) -> FileChecksum {
        try await checkPlainTransfers()
        return try await FileChecksumReader(
            locator: locator(path), dialer: source.dialer, pool: pool, kind: kind
        ).read()
    }

    private func statusIfPresent(_ path: String) async throws(HFSError) -> FileStatus? {
        let answer: FileInfoResponse = try await namenode.call("getFileInfo", FileInfoRequest(path: path))
        return answer.status
    }

    /// The bits less the client's umask.
    func masked(_ bits: UInt16) -> FileMode { FileMode(bits & ~configuration.umask.bits) }

    func locator(_ path: String) -> BlockLocator {
        BlockLocator(
            namenode: namenode, path: path, user: user, configuration: configuration, group: group, logger: logger)
    }
}
