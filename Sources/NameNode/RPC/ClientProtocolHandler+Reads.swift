import Core
import Logging
import MetaStore
import Transport
import WireProtocol

/// Questions about files and directories.
extension ClientProtocolHandler {
    static let reads: [(String, Method)] = [
        ("getFileInfo", { handler, call throws(HFSError) in try handler.getFileInfo(call) }),
        ("getFileLinkInfo", { handler, call throws(HFSError) in try handler.getFileInfo(call) }),
        ("getLocatedFileInfo", { handler, call throws(HFSError) in try handler.getLocatedFileInfo(call) }),
        ("getListing", { handler, call throws(HFSError) in try handler.getListing(call) }),
        ("getBlockLocations", { handler, call throws(HFSError) in try handler.getBlockLocations(call) }),
        ("getContentSummary", { handler, call throws(HFSError) in try handler.getContentSummary(call) }),
        ("getQuotaUsage", { handler, call throws(HFSError) in try handler.getQuotaUsage(call) }),
        ("isFileClosed", { handler, call throws(HFSError) in try handler.isFileClosed(call) }),
        ("getPreferredBlockSize", { handler, call throws(HFSError) in try handler.getPreferredBlockSize(call) }),
    ]

    private func getFileInfo(_ call: RPCCall) throws(HFSError) {
        let path = try FilePath(FileInfoRequest(decoding: call.body).path)
        answer(call, EncodeFileInfo(caller: .unknown, path: path))
    }

    private func getLocatedFileInfo(_ call: RPCCall) throws(HFSError) {
        let path = try FilePath(call.request(Hadoop_Hdfs_GetLocatedFileInfoRequestProto.self).src)
        read(call, { GetLocatedFileInfo(caller: $0, path: path) }) { [self] entry, caller in
            var response = Hadoop_Hdfs_GetLocatedFileInfoResponseProto()
            if let entry {
                response.fs = entry.status.proto(
                    locations: entry.layout.map {
                        locator.located($0, for: BlockLocator.Reader(address: caller.address))
                    })
            }
            call.reply(response)
        }
    }

    private func getListing(_ call: RPCCall) throws(HFSError) {
        let request = try ListingRequest(decoding: call.body)
        let path = try FilePath(request.path)
        let listing = GetListing(
            caller: .unknown, path: path, startAfter: request.startAfter, needLocation: request.needsLocations)
        guard request.needsLocations else { return encodeListing(call, EncodeListing(listing: listing)) }
        read(call, { listing.asked(by: $0) }) { [self] page, caller in
            let answer = page.map { page in
                DirectoryPage(
                    entries: page.entries.map { entry in
                        DirectoryPage.Entry(
                            status: entry.status,
                            locations: entry.layout.map {
                                locator.located($0, for: BlockLocator.Reader(address: caller.address))
                            })
                    }, remainingCount: UInt32(clamping: page.remaining))
            }
            call.reply(encoding: ListingResponse(page: answer))
        }
    }

    private func encodeListing(_ call: RPCCall, _ listing: EncodeListing) {
        var listing = listing
        switch readNow(call, &listing) {
        case .success(let page): call.reply { buffer in ListingResponse.encode(page: page, into: &buffer) }
        case .failure(let error): call.fail(error)
        case nil:
            read(call, { [listing] in listing.asked(by: $0) }) { page, _ in
                call.reply { buffer in ListingResponse.encode(page: page, into: &buffer) }
            }
        }
    }

    private func getBlockLocations(_ call: RPCCall) throws(HFSError) {
        let request = try BlockLocationsRequest(decoding: call.body)
        let path = try FilePath(request.path)
        var question = GetBlockLocations(
            caller: .unknown, path: path, wantsInline: request.wantsInline && request.offset == 0,
            reads: writer.reads)
        switch readNow(call, &question) {
        case .success(let layout): answerLocations(call, layout, request, question.caller)
        case .failure(let error): call.fail(error)
        case nil:
            read(call, { [question] in question.asked(by: $0) }) { [self] layout, caller in
                answerLocations(call, layout, request, caller)
            }
        }
    }

    private func answerLocations(
        _ call: RPCCall, _ layout: FileLayout, _ request: BlockLocationsRequest, _ caller: Caller
    ) {
        touch(layout)
        let isInline = layout.parts.first?.row.isInline == true
        let deadlineMs = isInline || blocks.safemode.isOn ? clock.monotonicMs + Limits.completeHoldMs : 0
        var reader = BlockLocator.Reader(address: call.connection.address)
        if let event = layout.opened { writer.opened(event, by: caller) }
        if let opening = layout.opening, !layout.parts.isEmpty {
            reader.token = identities.blockToken(opening, user: caller.user, poolID: rules.poolID)
        }
        answerLocations(call, layout, request, reader, deadlineMs: deadlineMs)
    }

    /// Replies; after a start, while datanodes still report, a block without a known replica is waited for, and for an inline
    /// block the first datanode.
    private func answerLocations(
        _ call: RPCCall, _ layout: FileLayout, _ request: BlockLocationsRequest, _ reader: BlockLocator.Reader,
        deadlineMs: Int64, waitedFor: BlockID? = nil
    ) {
        let located = locator.located(layout, offset: request.offset, length: request.length, for: reader)
        let leftMs = deadlineMs == 0 ? 0 : deadlineMs - clock.monotonicMs
        // What was there and is gone again, or of no use, is not waited for twice: it may call back from within this very call.
        guard leftMs > 0, let missing = locator.firstUnlocated(located, in: layout), missing.block.id != waitedFor,
            missing.isInline(in: layout) || blocks.safemode.isOn
        else {
            return Self.reply(call, located, layout.inlineImage)
        }
        let answer = { @Sendable [self] (isIn: Bool) in
            answerLocations(
                call, layout, request, reader, deadlineMs: isIn ? deadlineMs : 0, waitedFor: missing.block.id)
        }
        // No datanode reports an inline block, and any will do.
        if missing.isInline(in: layout) {
            blocks.whenDatanodeConnected(withinMs: leftMs, answer)
        } else {
            blocks.whenReported(
                missing.block.id, missing.block.generationStamp, minimum: 1, withinMs: leftMs, answer)
        }
    }

    private static func reply(_ call: RPCCall, _ located: LocatedBlocks, _ inlineImage: [UInt8]?) {
        do throws(HFSError) {
            let row = try inlineImage.map { image throws(HFSError) in try InlineRow(image: image) }
            let inline = row.map { (bytes: $0.bytes, checksum: $0.checksum) }
            call.reply(encoding: BlockLocationsResponse(locations: located, inline: inline))
        } catch {
            call.fail(error)
        }
    }

    /// Moves the access time when it is older than the precision that rules ask for.
    private func touch(_ layout: FileLayout) {
        guard rules.accessTimePrecisionMs > 0, !layout.file.isUnderConstruction, !blocks.safemode.isOn else { return }
        let nowMs = clock.nowMs
        guard nowMs > layout.file.accessedMs + rules.accessTimePrecisionMs else { return }
        let operation = TouchAccessTime(caller: writer.ownCaller, inode: layout.inode, accessedMs: nowMs)
        writer.submit(operation) { [logger] result in
            guard case .failure(let error) = result else { return }
            logger.warning(
                "access-time-not-kept", metadata: ["inode": "\(layout.inode)", "error": "\(error)"])
        }
    }

    private func getContentSummary(_ call: RPCCall) throws(HFSError) {
        let path = try FilePath(call.request(Hadoop_Hdfs_GetContentSummaryRequestProto.self).path)
        read(call, { GetContentSummary(caller: $0, path: path) }) { summary, _ in
            var response = Hadoop_Hdfs_GetContentSummaryResponseProto()
            response.summary = summary.proto
            call.reply(response)
        }
    }

    private func getQuotaUsage(_ call: RPCCall) throws(HFSError) {
        let path = try FilePath(call.request(Hadoop_Hdfs_GetQuotaUsageRequestProto.self).path)
        read(call, { GetContentSummary(caller: $0, path: path) }) { summary, _ in
            var response = Hadoop_Hdfs_GetQuotaUsageResponseProto()
            response.usage.fileAndDirectoryCount = summary.fileCount + summary.directoryCount
            response.usage.quota = UInt64(bitPattern: summary.namespaceQuota)
            response.usage.spaceConsumed = summary.spaceConsumed
            response.usage.spaceQuota = UInt64(bitPattern: summary.spaceQuota)
            call.reply(response)
        }
    }

    private func isFileClosed(_ call: RPCCall) throws(HFSError) {
        let path = try FilePath(call.request(Hadoop_Hdfs_IsFileClosedRequestProto.self).src)
        read(call, { GetFile(caller: $0, path: path) }) { file, _ in
            call.reply(encoding: BooleanResponse(!file.isUnderConstruction))
        }
    }

    private func getPreferredBlockSize(_ call: RPCCall) throws(HFSError) {
        let path = try FilePath(call.request(Hadoop_Hdfs_GetPreferredBlockSizeRequestProto.self).filename)
        read(call, { GetFile(caller: $0, path: path) }) { file, _ in
            var response = Hadoop_Hdfs_GetPreferredBlockSizeResponseProto()
            response.bsize = file.blockSize
            call.reply(response)
        }
    }
}

extension LocatedBlock {
    fileprivate func isInline(in layout: FileLayout) -> Bool {
        layout.parts.contains { $0.id == block.id && $0.row.isInline }
    }
}
