import Core
import Logging
import MetaStore
import Transport
import WireProtocol

/// Writing files: create to complete, and what keeps a write alive through faults.
extension ClientProtocolHandler {
    static let fileWrites: [(String, Method)] = [
        ("create", { handler, call throws(HFSError) in try handler.create(call) }),
        ("append", { handler, call throws(HFSError) in try handler.append(call) }),
        ("addBlock", { handler, call throws(HFSError) in try handler.addBlock(call) }),
        ("abandonBlock", { handler, call throws(HFSError) in try handler.abandonBlock(call) }),
        ("complete", { handler, call throws(HFSError) in try handler.complete(call) }),
        ("fsync", { handler, call throws(HFSError) in try handler.fsync(call) }),
        ("getAdditionalDatanode", { handler, call throws(HFSError) in try handler.getAdditionalDatanode(call) }),
        ("updateBlockForPipeline", { handler, call throws(HFSError) in try handler.updateBlockForPipeline(call) }),
        ("updatePipeline", { handler, call throws(HFSError) in try handler.updatePipeline(call) }),
        ("reportBadBlocks", { handler, call throws(HFSError) in try handler.reportBadBlocks(call) }),
        ("renewLease", { handler, call throws(HFSError) in try handler.renewLease(call) }),
        ("recoverLease", { handler, call throws(HFSError) in try handler.recoverLease(call) }),
    ]

    private func create(_ call: RPCCall) throws(HFSError) {
        let request = try CreateRequest(decoding: call.body)
        try PathRules.checkLength(request.path, call: "create")
        let path = try FilePath(request.path)
        guard request.erasureCodingPolicy.isEmpty else {
            throw HFSError(.unsupported, "Erasure coding is not supported")
        }
        writeTakingOver(call, path, refusal: "Cannot create file\(path)") { [rules] caller, expired in
            Create(
                caller: caller, rules: rules, path: path, mode: request.mode, unmasked: request.unmaskedMode,
                holder: request.clientName, mayCreate: request.flags.contains(.create),
                overwrite: request.flags.contains(.overwrite), createParent: request.createsParents,
                replication: Int(request.replication), blockSize: request.blockSize, expiredHolders: expired)
        }
    }

    private func append(_ call: RPCCall) throws(HFSError) {
        let request = try call.request(Hadoop_Hdfs_AppendRequestProto.self)
        let path = try FilePath(request.src)
        writeTakingOver(call, path, refusal: "Cannot append to file\(path)") { caller, expired in
            Append(caller: caller, path: path, holder: request.clientName, expiredHolders: expired)
        }
    }

    /// Submits; when a writer past its soft limit is in the way, closes the file for it and tries once more.
    private func writeTakingOver<O: NamespaceOperation>(
        _ call: RPCCall, _ path: FilePath, refusal: @autoclosure @escaping @Sendable () -> String,
        _ make: @escaping @Sendable (Caller, Set<String>) -> O
    ) {
        whenWritable(call, refusal) { [self] caller in
            let expired = leases.softExpired
            writer.submit(make(caller, expired), retry: retryKey(call)) { [self] result in
                guard case .failure(let error) = result, error.code == .recoveryInProgress, !expired.isEmpty else {
                    return Self.reply(call, result)
                }
                let question = LeaseHolder(caller: caller, path: path)
                engine.read({ view throws(PlanInterrupt) in try question.run(view) }) { [self] found in
                    guard case .success(let lease?) = found, expired.contains(lease.holder) else {
                        return call.fail(error)
                    }
                    recovery.takeOver(lease.inode, holder: lease.holder) { [self] isClosed in
                        guard isClosed else { return call.fail(error) }
                        writer.submit(make(caller, []), retry: retryKey(call)) { Self.reply(call, $0) }
                    }
                }
            }
        }
    }

    private func addBlock(_ call: RPCCall) throws(HFSError) {
        let request = try call.request(Hadoop_Hdfs_AddBlockRequestProto.self)
        let path = try FilePath(request.src)
        let previous = request.hasPrevious ? try Block(request.previous) : nil
        whenWritable(call, { "Cannot add block to \(path)" }) { [self] caller in
            let state = writerState(caller, path, request.fileID, request.clientName)
            engine.read({ view throws(PlanInterrupt) in try state.run(view) }) { [self] result in
                switch result {
                case .failure(let error): call.fail(error)
                case .success(let value):
                    whenReported(value.penultimate.map { [$0] } ?? []) { [self] isReported in
                        guard isReported else {
                            return call.fail(HFSError(.notReplicatedYet, "Not replicated yet: \(path)"))
                        }
                        allocate(call, caller, path, request, previous, value.file)
                    }
                }
            }
        }
    }

    private func allocate(
        _ call: RPCCall, _ caller: Caller, _ path: FilePath, _ request: Hadoop_Hdfs_AddBlockRequestProto,
        _ previous: Block?, _ file: FileAttributes
    ) {
        let placement = PlacementRequest(
            writer: request.flags.contains(.ignoreClientLocality) ? nil : caller.address,
            replication: Int(file.replication), blockSize: file.blockSize,
            excluded: Set(request.excludeNodes.map(\.id.datanodeUuid)))
        let targets: Result<[LocatedBlock.Location], HFSError>
        do throws(HFSError) {
            targets = .success(try blocks.chooseTargets(placement))
        } catch {
            targets = .failure(
                error.code == .noDatanodes ? HFSError(.noDatanodes, "File \(path) \(error.message)") : error)
        }
        let operation = AddBlock(
            caller: caller, rules: rules, path: path, inode: Self.inode(request.fileID), holder: request.clientName,
            previous: previous, targets: targets, openFilesOfHolder: leases.openFiles(of: request.clientName))
        writer.submit(operation) { [self] result in
            guard case .success(.done(var answer)) = result, case .block(var allocated) = answer.body,
                allocated.targets.isEmpty
            else { return Self.reply(call, result) }
            // A repeated call: the pipeline of the first one, or after a start of the namenode a new one.
            let block = allocated.block
            allocated.targets =
                blocks.locations(of: block.id, generationStamp: block.generationStamp, reader: nil).locations
            if allocated.targets.isEmpty {
                var again = operation
                again.replacesPipeline = true
                return writer.submit(again) { Self.reply(call, $0) }
            }
            answer.body = .block(allocated)
            Self.reply(call, .success(.done(answer)))
        }
    }

    private func writerState(_ caller: Caller, _ path: FilePath, _ fileID: UInt64, _ holder: String) -> WriterState {
        WriterState(
            caller: caller, path: path, inode: Self.inode(fileID), holder: holder,
            openFilesOfHolder: leases.openFiles(of: holder))
    }

    /// 0 is HDFS's "not told".
    private static func inode(_ fileID: UInt64) -> InodeID? { fileID == 0 ? nil : InodeID(fileID) }

    /// Calls `done` with true when a finalized replica of each block is reported, with false when that takes too long. No
    /// datanode reports an inline block.
    private func whenReported(_ wanted: [LastBlock], _ done: @escaping @Sendable (Bool) -> Void) {
        guard let first = wanted.first else { return done(true) }
        guard !first.row.isInline else { return whenReported(Array(wanted.dropFirst()), done) }
        blocks.whenReported(first.id, first.row.generationStamp, minimum: 1, withinMs: Limits.completeHoldMs) {
            [self] isReported in
            guard isReported else { return done(false) }
            whenReported(Array(wanted.dropFirst()), done)
        }
    }

    private func complete(_ call: RPCCall) throws(HFSError) {
        let request = try CompleteRequest(decoding: call.body)
        let path = try FilePath(request.path)
        whenWritable(call, { "Cannot complete file \(path)" }) { [self] caller in
            let operation = Complete(
                caller: caller, path: path, inode: request.inode, holder: request.clientName, last: request.last,
                openFilesOfHolder: leases.openFiles(of: request.clientName))
            guard let last = request.last else { return writer.submit(operation) { Self.reply(call, $0) } }
            let state = writerState(caller, path, request.inode?.rawValue ?? 0, request.clientName)
            engine.read({ view throws(PlanInterrupt) in try state.run(view) }) { [self] result in
                // A call that will be refused, or that repeats a successful one, has nothing to wait for.
                guard case .success(let value) = result, let block = value.last, block.matches(last) else {
                    return writer.submit(operation) { Self.reply(call, $0) }
                }
                whenReported([value.penultimate, block].compactMap { $0 }) { [self] isReported in
                    guard isReported else { return call.reply(encoding: BooleanResponse(false)) }
                    writer.submit(operation) { Self.reply(call, $0) }
                }
            }
        }
    }

    private func abandonBlock(_ call: RPCCall) throws(HFSError) {
        let request = try call.request(Hadoop_Hdfs_AbandonBlockRequestProto.self)
        let path = try FilePath(request.src)
        let block = try Block(request.b)
        write(call, refusal: "Cannot abandon block \(block) for file\(path)") { [leases] in
            AbandonBlock(
                caller: $0, path: path, inode: Self.inode(request.fileID), holder: request.holder, block: block.id,
                openFilesOfHolder: leases.openFiles(of: request.holder))
        }
    }

    private func fsync(_ call: RPCCall) throws(HFSError) {
        let request = try call.request(Hadoop_Hdfs_FsyncRequestProto.self)
        let path = try FilePath(request.src)
        let length = request.lastBlockLength > 0 ? UInt64(request.lastBlockLength) : nil
        write(call, refusal: "Cannot fsync file \(path)") { [leases] in
            Fsync(
                caller: $0, path: path, inode: Self.inode(request.fileID), holder: request.client,
                lastBlockLength: length, openFilesOfHolder: leases.openFiles(of: request.client))
        }
    }

    private func getAdditionalDatanode(_ call: RPCCall) throws(HFSError) {
        let request = try call.request(Hadoop_Hdfs_GetAdditionalDatanodeRequestProto.self)
        let path = try FilePath(request.src)
        let block = try Block(request.blk)
        let existing = try Self.locations(
            request.existings.map { node throws(HFSError) in try DatanodeDescriptor(node) },
            request.existingStorageUuids)
        withCaller(call) { [self] caller in
            let state = writerState(caller, path, request.fileID, request.clientName)
            engine.read({ view throws(PlanInterrupt) in try state.run(view) }) { [self] result in
                do throws(HFSError) {
                    let file = try result.get().file
                    let chosen = try blocks.chooseTargets(
                        PlacementRequest(
                            writer: caller.address, replication: Int(request.numAdditionalNodes),
                            blockSize: file.blockSize, excluded: Set(request.excludes.map(\.id.datanodeUuid)),
                            chosen: existing))
                    let located = LocatedBlock(block: block, offset: .max, locations: existing + chosen)
                    call.reply(encoding: FieldMessage(field: 1, value: located))
                } catch {
                    call.fail(error)
                }
            }
        }
    }

    private static func locations(_ nodes: [DatanodeDescriptor], _ storageIDs: [String]) -> [LocatedBlock.Location] {
        nodes.enumerated().map { index, node in
            LocatedBlock.Location(
                datanode: node, storageID: index < storageIDs.count ? storageIDs[index] : "", storageKind: .disk)
        }
    }

    private func updateBlockForPipeline(_ call: RPCCall) throws(HFSError) {
        let request = try call.request(Hadoop_Hdfs_UpdateBlockForPipelineRequestProto.self)
        let block = try Block(request.block)
        write(call, refusal: "Cannot get a new GS for block \(block)") {
            UpdateBlockForPipeline(caller: $0, holder: request.clientName, block: block)
        }
    }

    private func updatePipeline(_ call: RPCCall) throws(HFSError) {
        let request = try call.request(Hadoop_Hdfs_UpdatePipelineRequestProto.self)
        let old = try Block(request.oldBlock)
        let new = try Block(request.newBlock)
        let nodes = try request.newNodes.map { node throws(HFSError) in try DatanodeDescriptor(node) }
        let locations = Self.locations(nodes, request.storageIds)
        write(call, refusal: "Pipeline not updated", atMostOnce: true) {
            UpdatePipeline(caller: $0, holder: request.clientName, old: old, new: new, locations: locations)
        }
    }

    private func reportBadBlocks(_ call: RPCCall) throws(HFSError) {
        let claims = try call.request(Hadoop_Hdfs_ReportBadBlocksRequestProto.self).blocks.map {
            located throws(HFSError) in
            (block: try Block(located.b), nodes: located.locs.map(\.id.datanodeUuid))
        }
        read(call, { ReadableBlocks(caller: $0, blocks: claims.map(\.block)) }) { [self] isReadable, caller in
            for (claim, isReadable) in zip(claims, isReadable) where isReadable {
                logger.warning(
                    "bad-block-reported",
                    metadata: ["block": "\(claim.block)", "datanodes": "\(claim.nodes)", "user": "\(caller.user)"])
                blocks.reportBad(claim.block.id, claim.block.generationStamp, datanodeUUIDs: claim.nodes)
            }
            call.reply(bytes: [])
        }
    }

    private func renewLease(_ call: RPCCall) throws(HFSError) {
        leases.renew(try call.request(Hadoop_Hdfs_RenewLeaseRequestProto.self).clientName)
        call.reply(bytes: [])
    }

    private func recoverLease(_ call: RPCCall) throws(HFSError) {
        let request = try call.request(Hadoop_Hdfs_RecoverLeaseRequestProto.self)
        let path = try FilePath(request.src)
        let refusal = { @Sendable in "Cannot recover the lease of \(path)" }
        guard !request.dropLastBlock else {
            return write(call, refusal: refusal()) { [blocks] caller in
                DropLastBlock(caller: caller, path: path) { Self.standing($0, blocks) }
            }
        }
        whenWritable(call, refusal) { [self] caller in
            writer.submit(RecoverLease(caller: caller, target: .path(path))) { [self] result in
                guard case .success(.done(let answer)) = result, answer.body == .result(false) else {
                    return Self.reply(call, result)
                }
                explainRecovery(call, RecoveringBlock(caller: caller, path: path))
            }
        }
    }

    private static func standing(_ last: LastBlock, _ blocks: BlockManager) -> RecoveryStanding {
        blocks.recoveryStanding(last.id, last.row.generationStamp, pipeline: last.row.pipeline)
    }

    /// Answers that the file is not closed yet, and what it waits for.
    private func explainRecovery(_ call: RPCCall, _ question: RecoveringBlock) {
        engine.read({ view throws(PlanInterrupt) in try question.run(view) }) { [blocks] found in
            var response = Hadoop_Hdfs_RecoverLeaseResponseProto()
            response.result = false
            if case .success(let last?) = found {
                let standing = Self.standing(last, blocks)
                response.waitsFor =
                    "\(last.id)_\(last.row.generationStamp) of \(last.row.length) synced bytes: \(standing.waitsFor)"
            }
            call.reply(response)
        }
    }
}
