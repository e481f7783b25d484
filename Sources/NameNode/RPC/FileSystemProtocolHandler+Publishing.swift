import Core
import Transport
import WireProtocol

/// Publishing of finished directories.
extension FileSystemProtocolHandler {
    static let publishing: [(String, Method)] = [
        ("publish", { handler, call throws(HFSError) in try handler.publish(call) })
    ]

    private func publish(_ call: RPCCall) throws(HFSError) {
        let request = try call.request(Hfs_Filesystem_PublishRequest.self)
        try PathRules.checkLength(request.target, call: "publish")
        let staging = try FilePath(request.staging)
        let target = try FilePath(request.target)
        var attributes: [ExtendedAttribute] = []
        for proto in request.attributes { attributes.append(try Self.attribute(proto.name, proto.bytes)) }
        let given = attributes
        write(call, refusal: "Cannot publish \(staging)", atMostOnce: true) {
            Publish(caller: $0, staging: staging, target: target, attributes: given)
        }
    }
}
