import Core
import WireProtocol

/// One file open for writing as the namenode knows it: the calls that a pipeline needs, in the name of the lease's holder.
struct WriterFile: Sendable {
    let namenode: NamenodeClient
    let path: String
    let fileID: UInt64
    /// The lease's holder.
    let clientName: String
    /// Bytes.
    let blockSize: UInt64

    /// The next block. Waits while the block before has too few reported replicas.
    func addBlock(
        previous: Block?, excluded: [DatanodeDescriptor]
    ) async throws(HFSError) -> (LocatedBlock, BlockToken) {
        var request = Hadoop_Hdfs_AddBlockRequestProto()
        request.src = path
        request.clientName = clientName
        if let previous { request.previous = previous.proto }
        request.excludeNodes = excluded.map(\.proto)
        request.fileID = fileID
        var pause = namenode.pauses()
        while true {
            do throws(HFSError) {
                let answer: Hadoop_Hdfs_AddBlockResponseProto = try await namenode.call("addBlock", request)
                return (try LocatedBlock(answer.block), BlockToken(answer.block.blockToken))
            } catch  where error.code == .notReplicatedYet {
                try await pause.wait(orThrow: error)
            }
        }
    }

    /// Gives up the last block.
    func abandon(_ block: Block) async throws(HFSError) {
        var request = Hadoop_Hdfs_AbandonBlockRequestProto()
        request.b = block.proto
        request.src = path
        request.holder = clientName
        request.fileID = fileID
        let _: Hadoop_Hdfs_AbandonBlockResponseProto = try await namenode.call("abandonBlock", request)
    }

    /// The nodes at hand and one more.
    func additionalDatanode(
        _ block: Block, existing: [LocatedBlock.Location], excluded: [DatanodeDescriptor]
    ) async throws(HFSError) -> (LocatedBlock, BlockToken) {
        var request = Hadoop_Hdfs_GetAdditionalDatanodeRequestProto()
        request.src = path
        request.blk = block.proto
        request.existings = existing.map(\.datanode.proto)
        request.excludes = excluded.map(\.proto)
        request.numAdditionalNodes = 1
        request.clientName = clientName
        request.existingStorageUuids = existing.map(\.storageID)
        request.fileID = fileID
        let answer: Hadoop_Hdfs_GetAdditionalDatanodeResponseProto = try await namenode.call(
            "getAdditionalDatanode", request)
        return (try LocatedBlock(answer.block), BlockToken(answer.block.blockToken))
    }

    /// A new generation stamp for the block.
    func updateForPipeline(_ block: Block) async throws(HFSError) -> (LocatedBlock, BlockToken) {
        var request = Hadoop_Hdfs_UpdateBlockForPipelineRequestProto()
        request.block = block.proto
        request.clientName = clientName
        let answer: Hadoop_Hdfs_UpdateBlockForPipelineResponseProto = try await namenode.call(
            "updateBlockForPipeline", request)
        return (try LocatedBlock(answer.block), BlockToken(answer.block.blockToken))
    }

    /// Tells which nodes hold the block under its new stamp.
    func updatePipeline(old: Block, new: Block, locations: [LocatedBlock.Location]) async throws(HFSError) {
        var request = Hadoop_Hdfs_UpdatePipelineRequestProto()
        request.clientName = clientName
        request.oldBlock = old.proto
        request.newBlock = new.proto
        request.newNodes = locations.map(\.datanode.idProto)
        request.storageIds = locations.map(\.storageID)
        let _: Hadoop_Hdfs_UpdatePipelineResponseProto = try await namenode.call("updatePipeline", request)
    }

    /// Persists the block list, and the open block's length where it is known.
    func fsync(lastBlockLength: UInt64?) async throws(HFSError) {
        var request = Hadoop_Hdfs_FsyncRequestProto()
        request.src = path
        request.client = clientName
        request.lastBlockLength = lastBlockLength.map { Int64(clamping: $0) } ?? -1
        request.fileID = fileID
        let _: Hadoop_Hdfs_FsyncResponseProto = try await namenode.call("fsync", request)
    }

    /// Closes a file without blocks, with all its bytes. `.unsupported` when the namenode does not keep so many.
    func complete(inline bytes: [UInt8]) async throws(HFSError) {
        let request = CompleteInlineRequest(
            path: path, clientName: clientName, inode: InodeID(fileID), bytes: bytes, checksum: CRC32C.checksum(bytes))
        let _: BooleanResponse = try await namenode.callOwn("completeInline", request)
    }

    /// Closes the file. Asks again until the last block has been reported by enough datanodes.
    func complete(last: Block?) async throws(HFSError) {
        var request = Hadoop_Hdfs_CompleteRequestProto()
        request.src = path
        request.clientName = clientName
        if let last { request.last = last.proto }
        request.fileID = fileID
        var pause = namenode.pauses()
        while true {
            let answer: Hadoop_Hdfs_CompleteResponseProto = try await namenode.call("complete", request)
            if answer.result { return }
            try await pause.wait(
                orThrow: HFSError(.timedOut, "The last block of \(path) does not have enough replicas"))
        }
    }
}
