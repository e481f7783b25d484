internal import Core
internal import Transport
internal import WireProtocol

/// The calls of `hfs.DatanodeProtocol` over one registered connection.
struct NamenodeCalls: Sendable {
    static let protocolName = "hfs.DatanodeProtocol"
    /// A namenode that does not answer for this long is as good as gone: the connection is made anew.
    private static let deadlineMs: Int64 = 20_000
    /// Reports touch many replicas on the namenode.
    private static let reportDeadlineMs: Int64 = 120_000

    let client: RPCClient
    let uuid: String

    func register(_ request: Hfs_Datanode_RegisterRequest) async throws(HFSError) -> Hfs_Datanode_RegisterResponse {
        try await client.call("register", request, deadlineMs: Self.deadlineMs)
    }

    func heartbeat(
        _ storages: [Hfs_Datanode_StorageState], transfers: Int
    ) async throws(HFSError) -> Hfs_Datanode_HeartbeatResponse {
        var request = Hfs_Datanode_HeartbeatRequest()
        request.uuid = uuid
        request.storages = storages
        request.transfers = UInt32(clamping: transfers)
        return try await client.call("heartbeat", request, deadlineMs: Self.deadlineMs)
    }

    func replicasChanged(_ changes: [ReplicaChangeQueue.Change]) async throws(HFSError) {
        var request = Hfs_Datanode_ReplicasChangedRequest()
        request.uuid = uuid
        request.changes = changes.map { change in
            var proto = Hfs_Datanode_ReplicaChange()
            proto.kind =
                switch change.kind {
                case .receiving: .receiving
                case .received: .received
                case .deleted: .deleted
                }
            proto.block = Self.ref(change.block, change.generationStamp, change.length)
            proto.storageID = change.storageID
            return proto
        }
        let _: Hfs_Datanode_ReplicasChangedResponse = try await client.call(
            "replicasChanged", request, deadlineMs: Self.deadlineMs)
    }

    /// The round of the namenode's log that these reads belong to.
    func blocksRead(_ tokens: [BlockAccessToken]) async throws(HFSError) -> UInt64 {
        var request = Hfs_Datanode_BlocksReadRequest()
        request.uuid = uuid
        request.tokens = tokens.map(\.readProto)
        let response: Hfs_Datanode_BlocksReadResponse = try await client.call(
            "blocksRead", request, deadlineMs: Self.deadlineMs)
        return response.round
    }

    func badReplicas(_ replicas: [ReplicaChangeQueue.Change], storageID: String) async throws(HFSError) {
        var request = Hfs_Datanode_BadReplicasRequest()
        request.uuid = uuid
        request.storageID = storageID
        request.blocks = replicas.map { Self.ref($0.block, $0.generationStamp, $0.length) }
        let _: Hfs_Datanode_BadReplicasResponse = try await client.call(
            "badReplicas", request, deadlineMs: Self.deadlineMs)
    }

    /// The buckets that differ from what the namenode knows.
    func bucketReport(storageID: String, hashes: [UInt64]) async throws(HFSError) -> [Int] {
        var request = Hfs_Datanode_BucketReportRequest()
        request.uuid = uuid
        request.storageID = storageID
        request.hashes = hashes
        let response: Hfs_Datanode_BucketReportResponse = try await client.call(
            "bucketReport", request, deadlineMs: Self.reportDeadlineMs)
        return response.differingBuckets.map { Int($0) }
    }

    func bucketContents(
        storageID: String, buckets: [Int], _ replicas: [BlockStore.Reported], isLast: Bool
    ) async throws(HFSError) {
        var request = Hfs_Datanode_BucketContentsRequest()
        request.uuid = uuid
        request.storageID = storageID
        request.buckets = buckets.map { UInt32($0) }
        request.replicas.reserveCapacity(replicas.count * 4)
        for replica in replicas {
            request.replicas += [
                replica.block.rawValue, replica.generationStamp.rawValue, replica.length,
                UInt64(replica.state.rawValue),
            ]
        }
        request.last = isLast
        let _: Hfs_Datanode_BucketContentsResponse = try await client.call(
            "bucketContents", request, deadlineMs: Self.reportDeadlineMs)
    }

    func commitRecovery(
        _ block: Block, recoveryID: GenerationStamp, length: UInt64, deletesBlock: Bool,
        replicas: [LocatedBlock.Location]
    ) async throws(HFSError) {
        var request = Hfs_Datanode_CommitRecoveryRequest()
        request.block = Self.ref(block.id, block.generationStamp, block.length)
        request.recoveryID = recoveryID.rawValue
        request.length = length
        request.deleteBlock = deletesBlock
        request.replicas = replicas.map(\.targetProto)
        let _: Hfs_Datanode_CommitRecoveryResponse = try await client.call(
            "commitRecovery", request, deadlineMs: Self.deadlineMs)
    }

    /// The bytes of a block that the namenode keeps itself; nil when there is no such block.
    func readInline(_ block: BlockID, _ stamp: GenerationStamp) async throws(HFSError) -> [UInt8]? {
        var request = Hfs_Datanode_ReadInlineRequest()
        request.uuid = uuid
        request.blockID = block.rawValue
        request.generationStamp = stamp.rawValue
        let response: Hfs_Datanode_ReadInlineResponse = try await client.call(
            "readInline", request, deadlineMs: Self.deadlineMs)
        guard let bytes = response.bytesArray else { return nil }
        guard CRC32C.checksum(bytes) == response.checksum else {
            throw HFSError(.checksumMismatch, "The bytes of \(block) from the namenode do not match their checksum")
        }
        return bytes
    }

    static func ref(_ block: BlockID, _ stamp: GenerationStamp, _ length: UInt64) -> Hfs_Datanode_BlockRef {
        var ref = Hfs_Datanode_BlockRef()
        ref.blockID = block.rawValue
        ref.generationStamp = stamp.rawValue
        ref.length = length
        return ref
    }
}
