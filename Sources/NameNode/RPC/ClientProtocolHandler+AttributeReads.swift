import Core
import MetaStore
import Transport
import WireProtocol

/// Questions about rights, extended attributes and policies.
extension ClientProtocolHandler {
    static let attributeReads: [(String, Method)] = [
        ("getXAttrs", { handler, call throws(HFSError) in try handler.getXAttrs(call) }),
        ("listXAttrs", { handler, call throws(HFSError) in try handler.listXAttrs(call) }),
        ("getAclStatus", { handler, call throws(HFSError) in try handler.getAclStatus(call) }),
        ("checkAccess", { handler, call throws(HFSError) in try handler.checkAccess(call) }),
        ("getStoragePolicy", { handler, call throws(HFSError) in try handler.getStoragePolicy(call) }),
        ("getLinkTarget", { handler, call throws(HFSError) in try handler.getLinkTarget(call) }),
        ("getEZForPath", { handler, call throws(HFSError) in try handler.getEZForPath(call) }),
        ("getEnclosingRoot", { handler, call throws(HFSError) in try handler.getEnclosingRoot(call) }),
    ]

    private func getXAttrs(_ call: RPCCall) throws(HFSError) {
        let request = try call.request(Hadoop_Hdfs_GetXAttrsRequestProto.self)
        let path = try FilePath(request.src)
        let wanted = request.xAttrs.map { ExtendedAttribute($0) }
        read(call, { GetXAttrs(caller: $0, path: path, wanted: wanted) }) { found, _ in
            var response = Hadoop_Hdfs_GetXAttrsResponseProto()
            response.xAttrs = found.map(\.proto)
            call.reply(response)
        }
    }

    private func listXAttrs(_ call: RPCCall) throws(HFSError) {
        let path = try FilePath(call.request(Hadoop_Hdfs_ListXAttrsRequestProto.self).src)
        read(call, { ListXAttrs(caller: $0, path: path) }) { found, _ in
            var response = Hadoop_Hdfs_ListXAttrsResponseProto()
            response.xAttrs = found.map { attribute in
                var name = attribute.proto
                name.clearValue()
                return name
            }
            call.reply(response)
        }
    }

    private func getAclStatus(_ call: RPCCall) throws(HFSError) {
        let path = try FilePath(call.request(Hadoop_Hdfs_GetAclStatusRequestProto.self).src)
        read(call, { GetAclStatus(caller: $0, path: path) }) { status, _ in
            var response = Hadoop_Hdfs_GetAclStatusResponseProto()
            response.result.owner = status.owner
            response.result.group = status.group
            response.result.sticky = status.mode.isSticky
            response.result.entries = status.entries.map(\.proto)
            response.result.permission = status.mode.proto
            call.reply(response)
        }
    }

    private func checkAccess(_ call: RPCCall) throws(HFSError) {
        let request = try call.request(Hadoop_Hdfs_CheckAccessRequestProto.self)
        let path = try FilePath(request.path)
        let access = AccessMode(request.mode)
        read(call, { CheckAccess(caller: $0, path: path, access: access) }) { _, _ in call.reply(bytes: []) }
    }

    private func getStoragePolicy(_ call: RPCCall) throws(HFSError) {
        let path = try FilePath(call.request(Hadoop_Hdfs_GetStoragePolicyRequestProto.self).path)
        read(call, { GetFileInfo(caller: $0, path: path) }) { status, _ in
            guard status != nil, let hot = StoragePolicies.all.first(where: { $0.id == StoragePolicies.hot }) else {
                return call.fail(HFSError(.fileNotFound, "File/Directory does not exist: \(path)"))
            }
            var response = Hadoop_Hdfs_GetStoragePolicyResponseProto()
            response.storagePolicy = StoragePolicies.proto(hot)
            call.reply(response)
        }
    }

    private func getLinkTarget(_ call: RPCCall) throws(HFSError) {
        let path = try FilePath(call.request(Hadoop_Hdfs_GetLinkTargetRequestProto.self).path)
        read(call, { GetFileInfo(caller: $0, path: path) }) { status, _ in
            call.fail(
                status == nil
                    ? HFSError(.fileNotFound, "File does not exist: \(path)")
                    : HFSError(.io, "Path \(path) is not a symbolic link"))
        }
    }

    /// There are no encryption zones.
    private func getEZForPath(_ call: RPCCall) throws(HFSError) {
        _ = try FilePath(call.request(Hadoop_Hdfs_GetEZForPathRequestProto.self).src)
        call.reply(bytes: [])
    }

    private func getEnclosingRoot(_ call: RPCCall) throws(HFSError) {
        _ = try FilePath(call.request(Hadoop_Hdfs_GetEnclosingRootRequestProto.self).filename)
        var response = Hadoop_Hdfs_GetEnclosingRootResponseProto()
        response.enclosingRootPath = "/"
        call.reply(response)
    }
}
