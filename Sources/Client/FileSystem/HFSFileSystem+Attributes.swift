public import Core
import WireProtocol

extension HFSFileSystem {
    /// Sets the permission bits. `.accessDenied` unless owner or superuser.
    public func setMode(_ path: String, _ mode: FileMode) async throws(HFSError) {
        var request = Hadoop_Hdfs_SetPermissionRequestProto()
        request.src = path
        request.permission = mode.proto
        let _: Hadoop_Hdfs_SetPermissionResponseProto = try await namenode.call("setPermission", request)
    }

    /// Sets owner, group or both; nil leaves one as it is. Changing the owner takes the superuser.
    public func setOwner(_ path: String, owner: String? = nil, group: String? = nil) async throws(HFSError) {
        var request = Hadoop_Hdfs_SetOwnerRequestProto()
        request.src = path
        if let owner { request.username = owner }
        if let group { request.groupname = group }
        let _: Hadoop_Hdfs_SetOwnerResponseProto = try await namenode.call("setOwner", request)
    }

    /// Sets the times, in milliseconds since 1970; nil leaves one as it is.
    public func setTimes(_ path: String, modifiedMs: Int64? = nil, accessedMs: Int64? = nil) async throws(HFSError) {
        var request = Hadoop_Hdfs_SetTimesRequestProto()
        request.src = path
        request.mtime = UInt64(bitPattern: modifiedMs ?? -1)
        request.atime = UInt64(bitPattern: accessedMs ?? -1)
        let _: Hadoop_Hdfs_SetTimesResponseProto = try await namenode.call("setTimes", request)
    }

    /// Sets the copies wanted of a file's blocks. False for a directory and for a missing file.
    public func setReplication(_ path: String, _ replication: Int) async throws(HFSError) -> Bool {
        var request = Hadoop_Hdfs_SetReplicationRequestProto()
        request.src = path
        request.replication = UInt32(clamping: replication)
        let answer: Hadoop_Hdfs_SetReplicationResponseProto = try await namenode.call("setReplication", request)
        return answer.result
    }

    /// Sets quotas of a directory: entries, and bytes times replication. Nil leaves one as it is, -1 takes it away.
    public func setQuota(_ path: String, entries: Int64? = nil, spaceBytes: Int64? = nil) async throws(HFSError) {
        var request = Hadoop_Hdfs_SetQuotaRequestProto()
        request.path = path
        // HDFS's "leave as it is".
        request.namespaceQuota = UInt64(bitPattern: entries ?? Int64.max)
        request.storagespaceQuota = UInt64(bitPattern: spaceBytes ?? Int64.max)
        let _: Hadoop_Hdfs_SetQuotaResponseProto = try await namenode.call("setQuota", request)
    }

    /// Returns when the user may do `mode` to the path, else `.accessDenied`; `.fileNotFound` when nothing is there.
    public func checkAccess(_ path: String, _ mode: AccessMode) async throws(HFSError) {
        var request = Hadoop_Hdfs_CheckAccessRequestProto()
        request.path = path
        request.mode = mode.proto
        let _: Hadoop_Hdfs_CheckAccessResponseProto = try await namenode.call("checkAccess", request)
    }

    /// Sets an extended attribute. `.remote` when `mode` does not fit what is there, `.accessDenied` by namespace.
    public func setXAttr(
        _ path: String, _ attribute: ExtendedAttribute, mode: AttributeSetMode = .createOrReplace
    ) async throws(HFSError) {
        var request = Hadoop_Hdfs_SetXAttrRequestProto()
        request.src = path
        request.xAttr = attribute.proto
        request.flag = mode.rawValue
        let _: Hadoop_Hdfs_SetXAttrResponseProto = try await namenode.call("setXAttr", request)
    }

    /// The extended attributes of `path` that the user may read, or only those asked for (their values are ignored).
    public func xattrs(of path: String, names: [ExtendedAttribute] = []) async throws(HFSError) -> [ExtendedAttribute] {
        var request = Hadoop_Hdfs_GetXAttrsRequestProto()
        request.src = path
        request.xAttrs = names.map(\.proto)
        let answer: Hadoop_Hdfs_GetXAttrsResponseProto = try await namenode.call("getXAttrs", request)
        return try answer.xAttrs.map { (proto) throws(HFSError) in ExtendedAttribute(proto) }
    }

    /// Removes an extended attribute. `.remote` when there is none of that name.
    public func removeXAttr(
        _ path: String, namespace: ExtendedAttribute.Namespace, name: String
    ) async throws(HFSError) {
        var request = Hadoop_Hdfs_RemoveXAttrRequestProto()
        request.src = path
        request.xAttr = ExtendedAttribute(namespace: namespace, name: name, value: []).proto
        let _: Hadoop_Hdfs_RemoveXAttrResponseProto = try await namenode.call("removeXAttr", request)
    }

    /// The access control list of `path`.
    public func acl(of path: String) async throws(HFSError) -> AclStatus {
        var request = Hadoop_Hdfs_GetAclStatusRequestProto()
        request.src = path
        let answer: Hadoop_Hdfs_GetAclStatusResponseProto = try await namenode.call("getAclStatus", request)
        let proto = answer.result
        return AclStatus(
            owner: proto.owner, group: proto.group, isSticky: proto.sticky, entries: proto.entries.map { AclEntry($0) },
            mode: proto.hasPermission ? FileMode(proto.permission) : nil)
    }

    /// Replaces the whole list; `entries` must hold the three base entries.
    public func setACL(_ path: String, _ entries: [AclEntry]) async throws(HFSError) {
        var request = Hadoop_Hdfs_SetAclRequestProto()
        request.src = path
        request.aclSpec = entries.map(\.proto)
        let _: Hadoop_Hdfs_SetAclResponseProto = try await namenode.call("setAcl", request)
    }

    /// Adds or changes the given entries.
    public func modifyACL(_ path: String, _ entries: [AclEntry]) async throws(HFSError) {
        var request = Hadoop_Hdfs_ModifyAclEntriesRequestProto()
        request.src = path
        request.aclSpec = entries.map(\.proto)
        let _: Hadoop_Hdfs_ModifyAclEntriesResponseProto = try await namenode.call("modifyAclEntries", request)
    }

    /// Removes the given entries; their permissions are ignored.
    public func removeACLEntries(_ path: String, _ entries: [AclEntry]) async throws(HFSError) {
        var request = Hadoop_Hdfs_RemoveAclEntriesRequestProto()
        request.src = path
        request.aclSpec = entries.map(\.proto)
        let _: Hadoop_Hdfs_RemoveAclEntriesResponseProto = try await namenode.call("removeAclEntries", request)
    }

    /// Removes all default entries of a directory.
    public func removeDefaultACL(_ path: String) async throws(HFSError) {
        var request = Hadoop_Hdfs_RemoveDefaultAclRequestProto()
        request.src = path
        let _: Hadoop_Hdfs_RemoveDefaultAclResponseProto = try await namenode.call("removeDefaultAcl", request)
    }

    /// Removes the list but for the permission bits.
    public func removeACL(_ path: String) async throws(HFSError) {
        var request = Hadoop_Hdfs_RemoveAclRequestProto()
        request.src = path
        let _: Hadoop_Hdfs_RemoveAclResponseProto = try await namenode.call("removeAcl", request)
    }
}
