public import Core

extension HFSFileSystem {
    /// Capacity and health of the cluster.
    public func fileSystemStatus() async throws(HFSError) -> FileSystemStatus { throw unfinished() }

    /// The datanodes that the namenode knows.
    public func datanodes(_ selection: DatanodeReport.Selection = .all) async throws(HFSError) -> [DatanodeReport] {
        throw unfinished()
    }

    /// Enters, leaves or asks for safemode; answers whether it is on afterwards. Changing it takes the superuser.
    @discardableResult
    public func setSafeMode(_ action: SafeModeAction) async throws(HFSError) -> Bool { throw unfinished() }

    /// The namenode's defaults, asked once and kept.
    public func serverDefaults() async throws(HFSError) -> ServerDefaults { throw unfinished() }
}
