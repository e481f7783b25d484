package import Core
internal import MetaStore
internal import NIOCore
package import Transport
internal import Synchronization
internal import WireProtocol

/// `hfs.DatanodeProtocol`: what datanodes call on the namenode's port.
///
/// The calls of a connection take effect in their order. Small ones run on its event loop; those that touch many replicas,
/// and whatever comes behind one of them on the same connection, run on the block monitor's thread.
package final class DatanodeProtocolHandler: RPCService {
    private enum Method: Int, CaseIterable {
        case register, heartbeat, bucketReport, bucketContents, replicasChanged, badReplicas, commitRecovery, blocksRead
        case readInline
    }

    /// The newest layout of datanode volumes that this namenode works with.
    package static let layoutVersionMax: UInt32 = 1
    /// Request bytes that are still worked off on the event loop: some hundred changes.
    private static let smallRequestBytesMax = 16 << 10

    package let protocolName = "hfs.DatanodeProtocol"
    package let methodNames = Method.allCases.map { "\($0)" }

    private let blocks: BlockManager
    private let clusterID: String
    private let poolID: String
    private let rounds: ReadRounds
    private let onRead: ReadSink
    /// Calls on the monitor's queue, by connection.
    private let queued = Mutex<[RPCConnectionID: Int]>([:])

    /// Takes tokens under which bytes were read, and calls back when that is noted, or cannot be.
    package typealias ReadSink =
        @Sendable ([BlockAccessToken], @escaping @Sendable (Result<Void, HFSError>) -> Void) -> Void

    init(
        blocks: BlockManager, rounds: ReadRounds, clusterID: String, poolID: String, onRead: @escaping ReadSink
    ) {
        self.rounds = rounds
        self.onRead = onRead
        self.blocks = blocks
        self.clusterID = clusterID
        self.poolID = poolID
    }

    package func handle(_ call: RPCCall) {
        guard let method = Method(rawValue: call.methodIndex) else {
            return call.fail(
                HFSError(.noSuchMethod, "Unknown method \(call.method) called on \(protocolName) protocol."))
        }
        let isHeavy =
            switch method {
            case .register, .bucketReport, .bucketContents: true
            case .replicasChanged, .badReplicas: call.body.readableBytes > Self.smallRequestBytesMax
            case .heartbeat, .commitRecovery, .blocksRead, .readInline: false
            }
        inOrder(call.connection.id, isHeavy: isHeavy) { [self] in
            do throws(HFSError) {
                try answer(method, call)
            } catch {
                call.fail(error)
            }
        }
    }

    package func connectionClosed(_ connection: RPCConnectionID) {
        inOrder(connection, isHeavy: false) { [blocks] in
            blocks.connectionClosed(DatanodeConnection(connection.rawValue))
        }
    }

    /// Runs `job` now, or on the monitor's thread when it is heavy or must not overtake one that is queued there.
    private func inOrder(_ connection: RPCConnectionID, isHeavy: Bool, _ job: @escaping @Sendable () -> Void) {
        let runsHere = queued.withLock { queued in
            if !isHeavy, queued[connection] == nil { return true }
            queued[connection, default: 0] += 1
            return false
        }
        guard !runsHere else { return job() }
        blocks.monitor.enqueue { [self] in
            job()
            queued.withLock { queued in
                let left = (queued[connection] ?? 1) - 1
                queued[connection] = left == 0 ? nil : left
            }
        }
    }

    private func answer(_ method: Method, _ call: RPCCall) throws(HFSError) {
        let connection = DatanodeConnection(call.connection.id.rawValue)
        switch method {
        case .register: try register(call, connection)
        case .heartbeat: try heartbeat(call, connection)
        case .bucketReport:
            let request = try call.request(Hfs_Datanode_BucketReportRequest.self)
            let differing = try blocks.bucketReport(
                request.uuid, storageID: request.storageID, hashes: request.hashes, on: connection)
            var response = Hfs_Datanode_BucketReportResponse()
            response.differingBuckets = differing.map { UInt32($0) }
            call.reply(response)
        case .bucketContents:
            let request = try call.request(Hfs_Datanode_BucketContentsRequest.self)
            try blocks.bucketContents(
                request.uuid, storageID: request.storageID, buckets: request.buckets.map { Int($0) },
                try ReportedReplica.all(request.replicas), isLast: request.last, on: connection)
            call.reply(bytes: [])
        case .replicasChanged:
            let request = try call.request(Hfs_Datanode_ReplicasChangedRequest.self)
            try blocks.replicasChanged(request.uuid, request.changes.map { ReplicaChange($0) }, on: connection)
            call.reply(bytes: [])
        case .badReplicas:
            let request = try call.request(Hfs_Datanode_BadReplicasRequest.self)
            try blocks.badReplicas(
                request.uuid, storageID: request.storageID, request.blocks.map { BlockVersion($0) }, on: connection)
            call.reply(bytes: [])
        case .commitRecovery:
            let request = try call.request(Hfs_Datanode_CommitRecoveryRequest.self)
            try blocks.commitRecovery(
                BlockID(request.block.blockID), recoveryID: GenerationStamp(request.recoveryID), length: request.length,
                deleteBlock: request.deleteBlock, replicas: request.replicas.map { ($0.datanode.uuid, $0.storageID) },
                on: connection)
            call.reply(bytes: [])
        case .blocksRead:
            let request = try call.request(Hfs_Datanode_BlocksReadRequest.self)
            try blocks.requireRegistered(request.uuid, on: connection)
            // The answer comes when all is noted: a node has one such call under way.
            onRead(request.tokens.map { BlockAccessToken($0) }) { [rounds] result in
                if case .failure(let error) = result { return call.fail(error) }
                var response = Hfs_Datanode_BlocksReadResponse()
                response.round = rounds.ticket()
                call.reply(response)
            }
        case .readInline: try readInline(call, connection)
        }
    }

    private func readInline(_ call: RPCCall, _ connection: DatanodeConnection) throws(HFSError) {
        let request = try call.request(Hfs_Datanode_ReadInlineRequest.self)
        try blocks.requireRegistered(request.uuid, on: connection)
        let question = ReadInline(
            block: BlockID(request.blockID), generationStamp: GenerationStamp(request.generationStamp))
        blocks.engine.read({ view throws(PlanInterrupt) in try question.run(view) }) { result in
            switch result {
            case .failure(let error): call.fail(error)
            case .success(let image): Self.reply(call, inlineImage: image)
            }
        }
    }

    private static func reply(_ call: RPCCall, inlineImage: [UInt8]?) {
        var response = Hfs_Datanode_ReadInlineResponse()
        do throws(HFSError) {
            if let inlineImage {
                let row = try InlineRow(image: inlineImage)
                response.setBytes(row.bytes)
                response.checksum = row.checksum
            }
            call.reply(response)
        } catch {
            call.fail(error)
        }
    }

    private func register(_ call: RPCCall, _ connection: DatanodeConnection) throws(HFSError) {
        let request = try call.request(Hfs_Datanode_RegisterRequest.self)
        let descriptor = try DatanodeDescriptor(request.datanode, peerAddress: call.connection.address)
        try checkMembership(request, descriptor)
        let storages = try StorageReport.all(request.storages)
        var response = Hfs_Datanode_RegisterResponse()
        response.needsFullReport = try blocks.register(descriptor, storages, on: connection)
        response.clusterID = clusterID
        response.poolID = poolID
        response.heartbeatIntervalMs = UInt32(clamping: blocks.configuration.heartbeatIntervalMs)
        response.bucketReportIntervalMs = UInt32(clamping: blocks.configuration.bucketReportIntervalMs)
        call.reply(response)
    }

    /// A node whose volumes are new belongs to no cluster yet and joins this one.
    private func checkMembership(
        _ request: Hfs_Datanode_RegisterRequest, _ descriptor: DatanodeDescriptor
    ) throws(HFSError) {
        let who = "Datanode \(descriptor.uuid) at \(descriptor.transferAddress)"
        if request.hasClusterID, request.clusterID != clusterID {
            throw HFSError(
                .wrongCluster, "\(who) belongs to cluster \(request.clusterID), this namenode to cluster \(clusterID)")
        }
        if request.hasPoolID, request.poolID != poolID {
            throw HFSError(
                .wrongCluster, "\(who) holds blocks of pool \(request.poolID), this namenode has pool \(poolID)")
        }
        guard request.layoutVersion <= Self.layoutVersionMax else {
            throw HFSError(
                .incompatibleLayout,
                "\(who) has layout version \(request.layoutVersion), this namenode works with up to "
                    + "\(Self.layoutVersionMax)")
        }
    }

    private func heartbeat(_ call: RPCCall, _ connection: DatanodeConnection) throws(HFSError) {
        let request = try call.request(Hfs_Datanode_HeartbeatRequest.self)
        let commands = try blocks.heartbeat(
            request.uuid, try StorageReport.all(request.storages), transfers: request.transfers, on: connection)
        var response = Hfs_Datanode_HeartbeatResponse()
        if let commands {
            response.commands = commands.map(\.proto)
            response.durableReads = rounds.durable
        } else {
            response.mustRegister = true
        }
        call.reply(response)
    }
}
