public import Core
import WireProtocol

extension HFSFileSystem {
    /// Creates a file and opens it for writing.
    ///
    /// Errors: `.alreadyExists`; `.alreadyBeingCreated` while another client writes it; `.fileNotFound` for a missing
    /// parent; `.accessDenied`; quota errors. The file is under construction, held by this client's lease, until the
    /// writer is closed.
    public func create(
        _ path: String, _ options: CreateOptions = CreateOptions()
    ) async throws(HFSError) -> FileWriter {
        try await checkPlainTransfers()
        let defaults = try await serverDefaults()
        var request = Hadoop_Hdfs_CreateRequestProto()
        request.src = path
        request.masked = (options.mode ?? masked(0o666)).proto
        if options.mode == nil { request.unmasked = FileMode(0o666).proto }
        request.clientName = clientName
        let flags =
            Hadoop_Hdfs_CreateFlagProto.create.rawValue
            | (options.overwrites ? Hadoop_Hdfs_CreateFlagProto.overwrite.rawValue : 0)
        request.createFlag = UInt32(flags)
        request.createParent = options.createsParents
        let replication = options.replication ?? configuration.replication
        request.replication = UInt32(clamping: replication ?? defaults.replication)
        request.blockSize = options.blockSize ?? configuration.blockSize ?? defaults.blockSize
        guard request.blockSize > 0, request.blockSize % UInt64(Limits.checksumChunkBytes) == 0 else {
            throw HFSError(.invalidArgument, "Block size \(request.blockSize) is not a multiple of 512", subject: path)
        }
        let answer: Hadoop_Hdfs_CreateResponseProto = try await namenode.call("create", request)
        // Without the file's number nobody could tell a repeated call from another file's.
        let allowsInline = options.allowsInline && (replication ?? 1) <= 1 && answer.hasFs
        return writer(
            path, fileID: answer.fs.fileID, blockSize: answer.hasFs ? answer.fs.blocksize : request.blockSize,
            replication: Int(request.replication), start: 0, previous: nil, syncsBlocks: options.syncsBlocks,
            inlineBytesMax: allowsInline ? defaults.inlineBytesMax : 0)
    }

    /// Opens a closed file to write behind its end.
    ///
    /// Errors: `.fileNotFound`; `.alreadyBeingCreated` while another client writes it; `.recoveryInProgress`.
    public func append(_ path: String) async throws(HFSError) -> FileWriter {
        try await checkPlainTransfers()
        var request = Hadoop_Hdfs_AppendRequestProto()
        request.src = path
        request.clientName = clientName
        // Finished blocks stay as they are, whatever the server could do: what is appended starts a block of its own.
        let flags = Hadoop_Hdfs_CreateFlagProto.append.rawValue | Hadoop_Hdfs_CreateFlagProto.newBlock.rawValue
        request.flag = UInt32(flags)
        let answer: Hadoop_Hdfs_AppendResponseProto = try await namenode.call("append", request)
        let status = answer.hasStat ? try FileStatus(answer.stat) : try await status(of: path)
        return writer(
            path, fileID: status.inode.rawValue, blockSize: status.blockSize, replication: Int(status.replication),
            start: status.length, previous: answer.hasBlock ? try Block(answer.block.b) : nil, syncsBlocks: false)
    }

    /// Opens a file for reading: its length and block locations are fetched, no data.
    ///
    /// Errors: `.fileNotFound` (also for a directory), `.accessDenied`.
    public func open(_ path: String) async throws(HFSError) -> FileReader {
        try await checkPlainTransfers()
        return try await FileReader(
            path: path, locator: locator(path), source: source, pool: pool, configuration: configuration)
    }

    private func writer(
        _ path: String, fileID: UInt64, blockSize: UInt64, replication: Int, start: UInt64, previous: Block?,
        syncsBlocks: Bool, inlineBytesMax: Int = 0
    ) -> FileWriter {
        let file = WriterFile(
            namenode: namenode, path: path, fileID: fileID, clientName: clientName, blockSize: blockSize)
        let policy = PipelinePolicy(
            replication: replication, allocationsMax: configuration.blockAllocationsMax,
            recoveriesMax: configuration.pipelineRecoveriesMax,
            replacesBestEffort: configuration.replacesDatanodesBestEffort)
        let shell = PipelineShell(
            file: file, machine: PipelineMachine(policy: policy, previous: previous),
            threads: pipelineThreads,
            opener: PipelineOpener(dialer: source.dialer, clientName: clientName, blockSize: blockSize),
            heartbeatIntervalMs: configuration.heartbeatIntervalMs)
        leases.begin(shell)
        return FileWriter(
            shell: shell, assembler: PacketAssembler(blockSize: blockSize, start: start, syncsBlocks: syncsBlocks),
            windowPackets: configuration.writeWindowPackets, inlineBytesMax: inlineBytesMax,
            onEnd: { [leases, shell] in leases.end(shell) })
    }
}
