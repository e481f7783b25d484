public import Core
import Synchronization
import WireProtocol

extension HFSFileSystem {
    /// Capacity and health of the cluster.
    public func fileSystemStatus() async throws(HFSError) -> FileSystemStatus {
        let answer: Hadoop_Hdfs_GetFsStatsResponseProto = try await namenode.call(
            "getFsStats", Hadoop_Hdfs_GetFsStatusRequestProto())
        return FileSystemStatus(
            capacityBytes: answer.capacity, usedBytes: answer.used, remainingBytes: answer.remaining,
            underReplicatedBlocks: answer.underReplicated, corruptBlocks: answer.corruptBlocks,
            missingBlocks: answer.missingBlocks)
    }

    /// The datanodes that the namenode knows.
    public func datanodes(_ selection: DatanodeReport.Selection = .all) async throws(HFSError) -> [DatanodeReport] {
        var request = Hadoop_Hdfs_GetDatanodeReportRequestProto()
        request.type =
            switch selection {
            case .all: .all
            case .live: .live
            case .dead: .dead
            case .decommissioning: .decommissioning
            }
        let answer: Hadoop_Hdfs_GetDatanodeReportResponseProto = try await namenode.call("getDatanodeReport", request)
        var reports: [DatanodeReport] = []
        for proto in answer.di {
            reports.append(
                DatanodeReport(
                    datanode: try DatanodeDescriptor(proto), capacityBytes: proto.capacity, usedBytes: proto.dfsUsed,
                    remainingBytes: proto.remaining, lastContactMs: proto.lastUpdate, transfers: proto.xceiverCount,
                    state: DatanodeReport.State(rawValue: UInt8(clamping: proto.adminState.rawValue)) ?? .normal))
        }
        return reports
    }

    /// Enters, leaves or asks for safemode; answers whether it is on afterwards. Changing it takes the superuser.
    @discardableResult
    public func setSafeMode(_ action: SafeModeAction) async throws(HFSError) -> Bool {
        var request = Hadoop_Hdfs_SetSafeModeRequestProto()
        request.action =
            switch action {
            case .leave: .safemodeLeave
            case .enter: .safemodeEnter
            case .get: .safemodeGet
            }
        let answer: Hadoop_Hdfs_SetSafeModeResponseProto = try await namenode.call("setSafeMode", request)
        return answer.result
    }

    /// The namenode's defaults, asked once and kept.
    public func serverDefaults() async throws(HFSError) -> ServerDefaults {
        if let known = defaults.withLock({ $0 }) { return known }
        return try await fetchDefaults()
    }
}
