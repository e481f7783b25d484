public import Core
import WireProtocol

extension HFSFileSystem {
    /// Sets an attribute when it has the value `old` (nil: when it does not exist), or removes it (`new` nil), as one change:
    /// of several who try with the same `old`, one succeeds. `name` with its namespace: `user.x`, `ml.accuracy`.
    ///
    /// - Returns: `.set`, or what was there instead.
    public func compareAndSetXAttr(
        _ path: String, _ name: String, old: [UInt8]?, new: [UInt8]?
    ) async throws(HFSError) -> AttributeComparison {
        var request = Hfs_Filesystem_CompareAndSetAttributeRequest()
        request.path = path
        request.name = name
        if let old { request.setOld(old) }
        if let new { request.setNew(new) }
        let answer: Hfs_Filesystem_CompareAndSetAttributeResponse = try await namenode.callOwn(
            "compareAndSetAttribute", request)
        return answer.isSet ? .set : .differs(answer.currentBytes)
    }

    /// What `hfs.deletion-protection` says at a path, and the directory that says it: the nearest one, from the path upwards.
    ///
    /// Errors: `.fileNotFound`, `.accessDenied` for who may not reach the path, `.noSuchProtocol` from a namenode that is not
    /// hfs's, which protects nothing.
    public func deletionProtection(
        of path: String
    ) async throws(HFSError) -> (protection: DeletionProtection, directory: String?) {
        var request = Hfs_Filesystem_InheritedAttributeRequest()
        request.path = path
        request.name = DeletionProtection.attributeName
        let answer: Hfs_Filesystem_InheritedAttributeResponse = try await namenode.callOwn(
            "inheritedAttribute", request)
        guard answer.hasValue else { return (.none, nil) }
        guard let protection = DeletionProtection(rawValue: answer.value) else {
            throw HFSError(
                .unsupported,
                "\(DeletionProtection.attributeName)=\(answer.value) of \(answer.directory) is newer than this "
                    + "client")
        }
        return (protection, answer.directory)
    }
}
