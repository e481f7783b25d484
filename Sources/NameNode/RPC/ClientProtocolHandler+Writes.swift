import Core
import MetaStore
import Transport
import WireProtocol

/// Changes of the directory tree.
extension ClientProtocolHandler {
    static let writes: [(String, Method)] = [
        ("mkdirs", { handler, call throws(HFSError) in try handler.mkdirs(call) }),
        ("delete", { handler, call throws(HFSError) in try handler.delete(call) }),
        ("rename", { handler, call throws(HFSError) in try handler.rename(call) }),
        ("rename2", { handler, call throws(HFSError) in try handler.rename2(call) }),
    ]

    private func mkdirs(_ call: RPCCall) throws(HFSError) {
        let request = try MkdirsRequest(decoding: call.body)
        try PathRules.checkLength(request.path, call: "mkdirs")
        let path = try FilePath(request.path)
        write(call, refusal: "Cannot create directory \(path)") {
            Mkdirs(
                caller: $0, path: path, mode: request.mode, unmasked: request.unmaskedMode,
                createParent: request.createsParents)
        }
    }

    private func delete(_ call: RPCCall) throws(HFSError) {
        let request = try DeleteRequest(decoding: call.body)
        let path = try FilePath(request.path)
        write(call, refusal: "Cannot delete \(path)", atMostOnce: true) {
            Delete(caller: $0, path: path, recursive: request.isRecursive)
        }
    }

    private func rename(_ call: RPCCall) throws(HFSError) {
        let request = try RenameRequest(decoding: call.body)
        try PathRules.checkLength(request.destination, call: "rename")
        let source = try FilePath(request.source)
        let destination = try FilePath(request.destination)
        write(call, refusal: "Cannot rename \(source)", atMostOnce: true) {
            Rename(caller: $0, source: source, destination: destination)
        }
    }

    private func rename2(_ call: RPCCall) throws(HFSError) {
        let request = try Rename2Request(decoding: call.body)
        try PathRules.checkLength(request.destination, call: "rename")
        let source = try FilePath(request.source)
        let destination = try FilePath(request.destination)
        write(call, refusal: "Cannot rename \(source)", atMostOnce: true) {
            Rename2(caller: $0, source: source, destination: destination, overwrite: request.overwrites)
        }
    }
}
