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
        let request = try createRequest(path, options, defaults)
        let answer: FileInfoResponse = try await namenode.call("create", request)
        // Without the file's number nobody could tell a repeated call from another file's.
        let inlineBytesMax = answer.status == nil ? 0 : inlineBytesMax(options, defaults)
        return writer(
            path, fileID: answer.status?.inode.rawValue ?? 0, blockSize: answer.status?.blockSize ?? request.blockSize,
            replication: Int(request.replication), start: 0, previous: nil, syncsBlocks: options.syncsBlocks,
            inlineBytesMax: inlineBytesMax)
    }

    /// Writes a whole file. A small one is made in one step, with one call: nobody sees it without its bytes, and a file that
    /// it replaces is there until then (`CreateOptions.allowsInline`).
    ///
    /// Errors: as `create` and `FileWriter.close`. After an error of a larger one, what was made of it may stay.
    public func write(
        _ bytes: [UInt8], to path: String, _ options: CreateOptions = CreateOptions()
    ) async throws(HFSError) {
        if try await writeAtOnce(bytes, to: path, options) { return }
        let writer = try await create(path, options)
        try await writer.write(bytes)
        try await writer.close()
    }

    /// Makes a whole file in one step. False, and nothing has happened, when the namenode does not keep such a file itself.
    package func writeAtOnce(
        _ bytes: [UInt8], to path: String, _ options: CreateOptions
    ) async throws(HFSError) -> Bool {
        let defaults = try await serverDefaults()
        guard !bytes.isEmpty, bytes.count <= inlineBytesMax(options, defaults) else { return false }
        let request = CreateInlineRequest(
            create: try createRequest(path, options, defaults), bytes: bytes, checksum: CRC32C.checksum(bytes))
        do throws(HFSError) {
            let _: FileInfoResponse = try await namenode.callOwn("createInline", request)
            return true
        } catch {
            switch error.code {
            // Its settings changed; or a writer that is gone must make way first, which `create` waits for.
            case .unsupported, .noSuchMethod, .noSuchProtocol, .recoveryInProgress: return false
            default: throw error
            }
        }
    }

    private func createRequest(
        _ path: String, _ options: CreateOptions, _ defaults: ServerDefaults
    ) throws(HFSError) -> CreateRequest {
        let blockSize = options.blockSize ?? configuration.blockSize ?? defaults.blockSize
        guard blockSize > 0, blockSize % UInt64(Limits.checksumChunkBytes) == 0 else {
            throw HFSError(.invalidArgument, "Block size \(blockSize) is not a multiple of 512", subject: path)
        }
        return CreateRequest(
            path: path, mode: options.mode ?? masked(0o666), clientName: clientName,
            flags: options.overwrites ? [.create, .overwrite] : .create, createsParents: options.createsParents,
            replication: UInt32(clamping: options.replication ?? configuration.replication ?? defaults.replication),
            blockSize: blockSize, unmaskedMode: options.mode == nil ? FileMode(0o666) : nil)
    }

    /// Bytes of a file that may stay at the namenode: who asks for several copies gets them.
    private func inlineBytesMax(_ options: CreateOptions, _ defaults: ServerDefaults) -> Int {
        let copies = options.replication ?? configuration.replication ?? 1
        return options.allowsInline && copies <= 1 ? defaults.inlineBytesMax : 0
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
