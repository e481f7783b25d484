import Core
import Logging
import NIOCore
import Transport
import WireProtocol

/// Asks the namenode where a file's blocks are, and the datanodes how much of an open block can be read.
struct BlockLocator: Sendable {
    static let datanodeProtocolName = "org.apache.hadoop.hdfs.protocol.ClientDatanodeProtocol"

    let namenode: NamenodeClient
    let path: String
    let user: String
    let configuration: ClientConfiguration
    let group: any EventLoopGroup
    let logger: Logger

    /// Fetches everything that is known of the file.
    func fetch(into layout: FileLayout) async throws(HFSError) {
        var request = request(offset: 0, length: UInt64(Int64.max))
        request.wantsInline = true
        let breaks = namenode.reads.breaks
        let response = try await ask(request)
        let answer = response.locations
        let inline = try inlineBytes(of: response)
        if inline != nil, let first = answer.blocks.first, let token = BlockAccessToken(first.blockToken) {
            namenode.sent(token, since: breaks)
        }
        var openBytes: UInt64?
        // Also when the namenode calls the last block complete: hfs does so for what fsync told it, and more may be there.
        if answer.underConstruction, answer.hasLastBlock, inline == nil || answer.lastBlock.offset > 0 {
            do throws(HFSError) {
                openBytes = try await visibleBytes(of: answer.lastBlock)
            } catch {
                guard answer.isLastBlockComplete, error.code != .cancelled else { throw error }
            }
        }
        try layout.replace(answer, openBytes: openBytes, inline: inline)
    }

    private func inlineBytes(of response: Hadoop_Hdfs_GetBlockLocationsResponseProto) throws(HFSError) -> [UInt8]? {
        guard let bytes = response.inlineBytesArray else { return nil }
        if configuration.verifiesChecksums, CRC32C.checksum(bytes) != response.inlineChecksum {
            throw HFSError(.checksumMismatch, "The bytes from the namenode do not match their checksum", subject: path)
        }
        return bytes
    }

    func locations(offset: UInt64, length: UInt64) async throws(HFSError) -> Hadoop_Hdfs_LocatedBlocksProto {
        try await ask(request(offset: offset, length: length)).locations
    }

    private func request(offset: UInt64, length: UInt64) -> Hadoop_Hdfs_GetBlockLocationsRequestProto {
        var request = Hadoop_Hdfs_GetBlockLocationsRequestProto()
        request.src = path
        request.offset = offset
        request.length = length
        return request
    }

    private func ask(
        _ request: Hadoop_Hdfs_GetBlockLocationsRequestProto
    ) async throws(HFSError) -> Hadoop_Hdfs_GetBlockLocationsResponseProto {
        let answer: Hadoop_Hdfs_GetBlockLocationsResponseProto = try await namenode.call("getBlockLocations", request)
        guard answer.hasLocations else { throw HFSError(.fileNotFound, "File does not exist: \(path)") }
        return answer
    }

    /// Marks replicas as corrupt at the namenode; failures are logged.
    func report(_ found: [FileLayout.CorruptReplica]) async {
        var request = Hadoop_Hdfs_ReportBadBlocksRequestProto()
        request.blocks = found.map {
            LocatedBlock(block: $0.block, offset: 0, locations: [$0.location], isCorrupt: true).proto
        }
        do throws(HFSError) {
            let _: Hadoop_Hdfs_ReportBadBlocksResponseProto = try await namenode.call("reportBadBlocks", request)
        } catch {
            logger.warning("corrupt_replica_not_reported", metadata: ["path": "\(path)", "error": "\(error)"])
        }
    }

    /// Bytes of an open block that its replicas show: the first one that answers counts. 0 when none of them has the block
    /// yet.
    private func visibleBytes(of last: Hadoop_Hdfs_LocatedBlockProto) async throws(HFSError) -> UInt64 {
        var failure: HFSError?
        for node in last.locs {
            do throws(HFSError) {
                return try await visibleBytes(of: last.b, on: try DatanodeDescriptor(node))
            } catch {
                if error.code == .cancelled { throw error }
                if error.code != .replicaNotFound { failure = error }
            }
        }
        guard let failure else { return 0 }
        throw HFSError(
            .blockUnavailable, "Cannot obtain the length of the open block of \(path)", cause: failure.description)
    }

    private func visibleBytes(
        of block: Hadoop_Hdfs_ExtendedBlockProto, on node: DatanodeDescriptor
    ) async throws(HFSError) -> UInt64 {
        var bounds = RPCClientConfiguration()
        bounds.connectTimeoutMs = configuration.connectTimeoutMs
        let client = RPCClient(
            host: node.address, port: node.rpcPort, user: user, protocolName: Self.datanodeProtocolName, group: group,
            logger: logger, configuration: bounds)
        var request = Hadoop_Hdfs_GetReplicaVisibleLengthRequestProto()
        request.block = block
        let answer: Result<Hadoop_Hdfs_GetReplicaVisibleLengthResponseProto, HFSError>
        do throws(HFSError) {
            answer = .success(
                try await client.call(
                    "getReplicaVisibleLength", request,
                    deadlineMs: min(configuration.dataTimeoutMs, configuration.operationDeadlineMs)))
        } catch {
            answer = .failure(error)
        }
        await client.close()
        return try answer.get().length
    }
}
