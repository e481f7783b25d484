import Core
import MetaStore
import Transport
import WireProtocol

/// Changes of attributes, rights and limits.
extension ClientProtocolHandler {
    static let attributeWrites: [(String, Method)] = [
        ("setPermission", { handler, call throws(HFSError) in try handler.setPermission(call) }),
        ("setOwner", { handler, call throws(HFSError) in try handler.setOwner(call) }),
        ("setTimes", { handler, call throws(HFSError) in try handler.setTimes(call) }),
        ("setReplication", { handler, call throws(HFSError) in try handler.setReplication(call) }),
        ("setQuota", { handler, call throws(HFSError) in try handler.setQuota(call) }),
        ("setXAttr", { handler, call throws(HFSError) in try handler.setXAttr(call) }),
        ("removeXAttr", { handler, call throws(HFSError) in try handler.removeXAttr(call) }),
        ("modifyAclEntries", { handler, call throws(HFSError) in try handler.modifyAclEntries(call) }),
        ("removeAclEntries", { handler, call throws(HFSError) in try handler.removeAclEntries(call) }),
        ("removeDefaultAcl", { handler, call throws(HFSError) in try handler.removeDefaultAcl(call) }),
        ("removeAcl", { handler, call throws(HFSError) in try handler.removeAcl(call) }),
        ("setAcl", { handler, call throws(HFSError) in try handler.setAcl(call) }),
    ]

    private func setPermission(_ call: RPCCall) throws(HFSError) {
        let request = try call.request(Hadoop_Hdfs_SetPermissionRequestProto.self)
        let path = try FilePath(request.src)
        let mode = FileMode(request.permission)
        write(call, refusal: "Cannot set permission for \(path)") { SetPermission(caller: $0, path: path, mode: mode) }
    }

    private func setOwner(_ call: RPCCall) throws(HFSError) {
        let request = try call.request(Hadoop_Hdfs_SetOwnerRequestProto.self)
        let path = try FilePath(request.src)
        let user = request.hasUsername && !request.username.isEmpty ? request.username : nil
        let group = request.hasGroupname && !request.groupname.isEmpty ? request.groupname : nil
        write(call, refusal: "Cannot set owner for \(path)") {
            SetOwner(caller: $0, path: path, user: user, group: group)
        }
    }

    private func setTimes(_ call: RPCCall) throws(HFSError) {
        let request = try call.request(Hadoop_Hdfs_SetTimesRequestProto.self)
        let path = try FilePath(request.src)
        func time(_ value: UInt64) -> Int64? {
            let ms = Int64(bitPattern: value)
            return ms < 0 ? nil : ms
        }
        let (modifiedMs, accessedMs) = (time(request.mtime), time(request.atime))
        write(call, refusal: "Cannot set times \(path)") {
            SetTimes(caller: $0, path: path, modifiedMs: modifiedMs, accessedMs: accessedMs)
        }
    }

    private func setReplication(_ call: RPCCall) throws(HFSError) {
        let request = try call.request(Hadoop_Hdfs_SetReplicationRequestProto.self)
        let path = try FilePath(request.src)
        write(call, refusal: "Cannot set replication for \(path)") { [rules] in
            SetReplication(caller: $0, rules: rules, path: path, replication: Int(request.replication))
        }
    }

    private func setQuota(_ call: RPCCall) throws(HFSError) {
        let request = try call.request(Hadoop_Hdfs_SetQuotaRequestProto.self)
        guard !request.hasStorageType else {
            throw HFSError(.unsupported, "Quotas by storage type are not supported")
        }
        let path = try FilePath(request.path)
        write(call, refusal: "Cannot set quota on \(path)") {
            SetQuota(
                caller: $0, path: path, namespaceQuota: Int64(bitPattern: request.namespaceQuota),
                spaceQuota: Int64(bitPattern: request.storagespaceQuota))
        }
    }

    private func setXAttr(_ call: RPCCall) throws(HFSError) {
        let request = try call.request(Hadoop_Hdfs_SetXAttrRequestProto.self)
        let path = try FilePath(request.src)
        let attribute = ExtendedAttribute(request.xAttr)
        write(call, refusal: "Cannot set XAttr on \(path)", atMostOnce: true) {
            SetXAttr(
                caller: $0, path: path, attribute: attribute, mayCreate: request.flag & 1 != 0,
                mayReplace: request.flag & 2 != 0)
        }
    }

    private func removeXAttr(_ call: RPCCall) throws(HFSError) {
        let request = try call.request(Hadoop_Hdfs_RemoveXAttrRequestProto.self)
        let path = try FilePath(request.src)
        let attribute = ExtendedAttribute(request.xAttr)
        write(call, refusal: "Cannot remove XAttr entry on \(path)", atMostOnce: true) {
            RemoveXAttr(caller: $0, path: path, attribute: attribute)
        }
    }

    private func modifyAclEntries(_ call: RPCCall) throws(HFSError) {
        let request = try call.request(Hadoop_Hdfs_ModifyAclEntriesRequestProto.self)
        try changeAcl(call, request.src, .modify(request.aclSpec.map { AclEntry($0) }))
    }

    private func removeAclEntries(_ call: RPCCall) throws(HFSError) {
        let request = try call.request(Hadoop_Hdfs_RemoveAclEntriesRequestProto.self)
        try changeAcl(call, request.src, .remove(request.aclSpec.map { AclEntry($0) }))
    }

    private func removeDefaultAcl(_ call: RPCCall) throws(HFSError) {
        try changeAcl(call, call.request(Hadoop_Hdfs_RemoveDefaultAclRequestProto.self).src, .removeDefaults)
    }

    private func removeAcl(_ call: RPCCall) throws(HFSError) {
        try changeAcl(call, call.request(Hadoop_Hdfs_RemoveAclRequestProto.self).src, .removeAll)
    }

    private func setAcl(_ call: RPCCall) throws(HFSError) {
        let request = try call.request(Hadoop_Hdfs_SetAclRequestProto.self)
        try changeAcl(call, request.src, .replace(request.aclSpec.map { AclEntry($0) }))
    }

    private func changeAcl(_ call: RPCCall, _ text: String, _ change: ChangeAcl.Change) throws(HFSError) {
        let path = try FilePath(text)
        write(call, refusal: "Cannot change ACL entries on \(path)") {
            ChangeAcl(caller: $0, path: path, change: change)
        }
    }
}
