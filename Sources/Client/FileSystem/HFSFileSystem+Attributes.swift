public import Core

extension HFSFileSystem {
    /// Sets the permission bits. `.accessDenied` unless owner or superuser.
    public func setMode(_ path: String, _ mode: FileMode) async throws(HFSError) { throw unfinished() }

    /// Sets owner, group or both; nil leaves one as it is. Changing the owner takes the superuser.
    public func setOwner(_ path: String, owner: String? = nil, group: String? = nil) async throws(HFSError) {
        throw unfinished()
    }

    /// Sets the times, in milliseconds since 1970; nil leaves one as it is.
    public func setTimes(_ path: String, modifiedMs: Int64? = nil, accessedMs: Int64? = nil) async throws(HFSError) {
        throw unfinished()
    }

    /// Sets the copies wanted of a file's blocks. False for a directory and for a missing file.
    public func setReplication(_ path: String, _ replication: Int) async throws(HFSError) -> Bool { throw unfinished() }

    /// Sets quotas of a directory: entries, and bytes times replication. Nil leaves one as it is, -1 takes it away.
    public func setQuota(_ path: String, entries: Int64? = nil, spaceBytes: Int64? = nil) async throws(HFSError) {
        throw unfinished()
    }

    /// Returns when the user may do `mode` to the path, else `.accessDenied`; `.fileNotFound` when nothing is there.
    public func checkAccess(_ path: String, _ mode: AccessMode) async throws(HFSError) { throw unfinished() }

    /// Sets an extended attribute. `.remote` when `mode` does not fit what is there, `.accessDenied` by namespace.
    public func setXAttr(
        _ path: String, _ attribute: ExtendedAttribute, mode: AttributeSetMode = .createOrReplace
    ) async throws(HFSError) { throw unfinished() }

    /// The extended attributes of `path` that the user may read, or only those asked for (their values are ignored).
    public func xattrs(of path: String, names: [ExtendedAttribute] = []) async throws(HFSError) -> [ExtendedAttribute] {
        throw unfinished()
    }

    /// Removes an extended attribute. `.remote` when there is none of that name.
    public func removeXAttr(
        _ path: String, namespace: ExtendedAttribute.Namespace, name: String
    ) async throws(HFSError) { throw unfinished() }

    /// The access control list of `path`.
    public func acl(of path: String) async throws(HFSError) -> AclStatus { throw unfinished() }

    /// Replaces the whole list; `entries` must hold the three base entries.
    public func setACL(_ path: String, _ entries: [AclEntry]) async throws(HFSError) { throw unfinished() }

    /// Adds or changes the given entries.
    public func modifyACL(_ path: String, _ entries: [AclEntry]) async throws(HFSError) { throw unfinished() }

    /// Removes the given entries; their permissions are ignored.
    public func removeACLEntries(_ path: String, _ entries: [AclEntry]) async throws(HFSError) { throw unfinished() }

    /// Removes all default entries of a directory.
    public func removeDefaultACL(_ path: String) async throws(HFSError) { throw unfinished() }

    /// Removes the list but for the permission bits.
    public func removeACL(_ path: String) async throws(HFSError) { throw unfinished() }
}
