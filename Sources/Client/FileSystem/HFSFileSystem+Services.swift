public import Core
import WireProtocol

extension HFSFileSystem {
    /// Tells the namenode where a service listens, for as long as this connection lasts. `.accessDenied` but for superusers.
    public func registerService(_ name: String, at address: String) async throws(HFSError) {
        var request = Hfs_Filesystem_RegisterServiceRequest()
        request.name = name
        request.address = address
        let _: Hfs_Filesystem_RegisterServiceResponse = try await namenode.callOwn("registerService", request)
    }

    /// Where a service of that name listens; nil when none is registered. `.noSuchProtocol` from a namenode that is not hfs's.
    public func locateService(_ name: String) async throws(HFSError) -> String? {
        var request = Hfs_Filesystem_LocateServiceRequest()
        request.name = name
        let answer: Hfs_Filesystem_LocateServiceResponse = try await namenode.callOwn("locateService", request)
        return answer.hasAddress ? answer.address : nil
    }
}
