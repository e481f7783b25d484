import Core
import Logging
import MetaStore
import Transport
import WireProtocol

/// Questions about the cluster.
extension ClientProtocolHandler {
    static let clusterReads: [(String, Method)] = [
        ("getServerDefaults", { handler, call throws(HFSError) in handler.getServerDefaults(call) }),
        ("getFsStats", { handler, call throws(HFSError) in handler.getFsStats(call) }),
        ("getFsReplicatedBlockStats", { handler, call throws(HFSError) in handler.getFsReplicatedBlockStats(call) }),
        ("getFsECBlockGroupStats", { handler, call throws(HFSError) in handler.getFsECBlockGroupStats(call) }),
        ("getDatanodeReport", { handler, call throws(HFSError) in try handler.getDatanodeReport(call) }),
        ("getDatanodeStorageReport", { handler, call throws(HFSError) in try handler.getDatanodeStorageReport(call) }),
        ("getStoragePolicies", { handler, call throws(HFSError) in handler.getStoragePolicies(call) }),
        ("listCorruptFileBlocks", { handler, call throws(HFSError) in try handler.listCorruptFileBlocks(call) }),
        ("listEncryptionZones", { handler, call throws(HFSError) in handler.listEncryptionZones(call) }),
        ("getHAServiceState", { handler, call throws(HFSError) in handler.getHAServiceState(call) }),
        ("msync", { handler, call throws(HFSError) in call.reply(bytes: []) }),
        ("setSafeMode", { handler, call throws(HFSError) in try handler.setSafeMode(call) }),
        // Nothing is issued and nothing encrypted: absent answers say so.
        ("getDataEncryptionKey", { handler, call throws(HFSError) in call.reply(bytes: []) }),
        ("getSnapshottableDirListing", { handler, call throws(HFSError) in call.reply(bytes: []) }),
    ]

    private func getServerDefaults(_ call: RPCCall) {
        var response = Hadoop_Hdfs_GetServerDefaultsResponseProto()
        response.serverDefaults.blockSize = rules.blockBytesDefault
        response.serverDefaults.bytesPerChecksum = UInt32(Limits.checksumChunkBytes)
        response.serverDefaults.writePacketSize = 65536
        response.serverDefaults.replication = UInt32(rules.replicationDefault)
        response.serverDefaults.fileBufferSize = 4096
        response.serverDefaults.encryptDataTransfer = false
        response.serverDefaults.trashInterval = 0
        response.serverDefaults.checksumType = .checksumCrc32C
        response.serverDefaults.inlineBytesMax = UInt32(rules.inlineBytesMax)
        call.reply(response)
    }

    private func getFsStats(_ call: RPCCall) {
        let statistics = blocks.statistics()
        var response = Hadoop_Hdfs_GetFsStatsResponseProto()
        response.capacity = statistics.capacityBytes
        response.used = statistics.usedBytes
        response.remaining = statistics.remainingBytes
        response.underReplicated = UInt64(statistics.underReplicatedBlocks)
        response.corruptBlocks = UInt64(statistics.corruptBlocks)
        response.missingBlocks = UInt64(statistics.missingBlocks)
        response.missingReplOneBlocks = 0
        response.blocksInFuture = UInt64(statistics.quarantinedReplicas)
        response.pendingDeletionBlocks = UInt64(statistics.pendingDeletionReplicas)
        call.reply(response)
    }

    private func getFsReplicatedBlockStats(_ call: RPCCall) {
        let statistics = blocks.statistics()
        var response = Hadoop_Hdfs_GetFsReplicatedBlockStatsResponseProto()
        response.lowRedundancy = UInt64(statistics.underReplicatedBlocks)
        response.corruptBlocks = UInt64(statistics.corruptBlocks)
        response.missingBlocks = UInt64(statistics.missingBlocks)
        response.missingReplOneBlocks = 0
        response.blocksInFuture = UInt64(statistics.quarantinedReplicas)
        response.pendingDeletionBlocks = UInt64(statistics.pendingDeletionReplicas)
        call.reply(response)
    }

    private func getFsECBlockGroupStats(_ call: RPCCall) {
        var response = Hadoop_Hdfs_GetFsECBlockGroupStatsResponseProto()
        response.lowRedundancy = 0
        response.corruptBlocks = 0
        response.missingBlocks = 0
        response.blocksInFuture = 0
        response.pendingDeletionBlocks = 0
        call.reply(response)
    }

    private func getDatanodeReport(_ call: RPCCall) throws(HFSError) {
        let request = try call.request(Hadoop_Hdfs_GetDatanodeReportRequestProto.self)
        var response = Hadoop_Hdfs_GetDatanodeReportResponseProto()
        response.di = reports(request.type).map(Self.info)
        call.reply(response)
    }

    private func getDatanodeStorageReport(_ call: RPCCall) throws(HFSError) {
        let request = try call.request(Hadoop_Hdfs_GetDatanodeStorageReportRequestProto.self)
        var response = Hadoop_Hdfs_GetDatanodeStorageReportResponseProto()
        response.datanodeStorageReports = reports(request.type).map { report in
            var entry = Hadoop_Hdfs_DatanodeStorageReportProto()
            entry.datanodeInfo = Self.info(report)
            entry.storageReports = report.storages.map(Self.storage)
            return entry
        }
        call.reply(response)
    }

    private func reports(_ type: Hadoop_Hdfs_DatanodeReportTypeProto) -> [DatanodeReport] {
        switch type {
        case .all: blocks.datanodeReports()
        case .live: blocks.datanodeReports().filter(\.isLive)
        case .dead: blocks.datanodeReports().filter { !$0.isLive }
        case .decommissioning, .enteringMaintenance, .inMaintenance: []
        }
    }

    private static func info(_ report: DatanodeReport) -> Hadoop_Hdfs_DatanodeInfoProto {
        var info = report.datanode.proto
        info.capacity = report.capacityBytes
        info.dfsUsed = report.usedBytes
        info.remaining = report.remainingBytes
        info.blockPoolUsed = report.usedBytes
        info.lastUpdate = UInt64(clamping: report.lastHeartbeatMs)
        info.xceiverCount = report.transfers
        info.numBlocks = UInt32(clamping: report.blockCount)
        info.adminState = .normal
        return info
    }

    private static func storage(_ report: StorageReport) -> Hadoop_Hdfs_StorageReportProto {
        var storage = Hadoop_Hdfs_StorageReportProto()
        storage.storageUuid = report.storageID
        storage.failed = report.hasFailed
        storage.capacity = report.capacityBytes
        storage.dfsUsed = report.usedBytes
        storage.remaining = report.remainingBytes
        storage.blockPoolUsed = report.usedBytes
        storage.storage.storageUuid = report.storageID
        storage.storage.storageType = report.kind.proto
        return storage
    }

    private func getStoragePolicies(_ call: RPCCall) {
        var response = Hadoop_Hdfs_GetStoragePoliciesResponseProto()
        response.policies = StoragePolicies.all.map(StoragePolicies.proto)
        call.reply(response)
    }

    /// Blocks without a good replica are counted in getFsStats; which files they belong to is `hfs debug block`'s business.
    private func listCorruptFileBlocks(_ call: RPCCall) throws(HFSError) {
        let request = try call.request(Hadoop_Hdfs_ListCorruptFileBlocksRequestProto.self)
        var response = Hadoop_Hdfs_ListCorruptFileBlocksResponseProto()
        response.corrupt.cookie = request.cookie
        call.reply(response)
    }

    private func listEncryptionZones(_ call: RPCCall) {
        var response = Hadoop_Hdfs_ListEncryptionZonesResponseProto()
        response.hasMore_p = false
        call.reply(response)
    }

    private func getHAServiceState(_ call: RPCCall) {
        var response = Hadoop_Hdfs_HAServiceStateResponseProto()
        response.state = .active
        call.reply(response)
    }

    private func setSafeMode(_ call: RPCCall) throws(HFSError) {
        let action = try call.request(Hadoop_Hdfs_SetSafeModeRequestProto.self).action
        guard action != .safemodeGet else { return call.reply(encoding: BooleanResponse(blocks.safemode.isOn)) }
        withCaller(call) { [self] caller in
            guard caller.isSuperuser else {
                return call.fail(
                    HFSError(
                        .accessDenied, "Access denied for user \(caller.user). Superuser privilege is required"))
            }
            if action == .safemodeEnter { blocks.safemode.enter() } else { blocks.safemode.leave() }
            logger.notice(
                "safemode-set", metadata: ["isOn": "\(blocks.safemode.isOn)", "user": "\(caller.user)"])
            call.reply(encoding: BooleanResponse(blocks.safemode.isOn))
        }
    }
}
