import Core
import MetaStore
import Transport
import WireProtocol

/// Attributes beyond what HDFS asks and sets.
extension FileSystemProtocolHandler {
    static let attributes: [(String, Method)] = [
        ("compareAndSetAttribute", { handler, call throws(HFSError) in try handler.compareAndSetAttribute(call) }),
        ("inheritedAttribute", { handler, call throws(HFSError) in try handler.inheritedAttribute(call) }),
    ]

    private func compareAndSetAttribute(_ call: RPCCall) throws(HFSError) {
        let request = try call.request(Hfs_Filesystem_CompareAndSetAttributeRequest.self)
        let path = try FilePath(request.path)
        let attribute = try Self.attribute(request.name)
        write(call, refusal: "Cannot set \(request.name) on \(path)", atMostOnce: true) {
            CompareAndSetAttribute(
                caller: $0, path: path, attribute: attribute, old: request.oldBytes, new: request.newBytes)
        }
    }

    private func inheritedAttribute(_ call: RPCCall) throws(HFSError) {
        let request = try call.request(Hfs_Filesystem_InheritedAttributeRequest.self)
        let path = try FilePath(request.path)
        read(call) {
            GetInheritedAttribute(caller: $0, path: path, name: request.name)
        } _: { value, _ in
            var response = Hfs_Filesystem_InheritedAttributeResponse()
            if let value {
                response.value = value.text
                response.directory = value.directory
            }
            call.reply(response)
        }
    }

    /// The attribute of a name with its namespace.
    static func attribute(_ name: String, _ value: [UInt8] = []) throws(HFSError) -> ExtendedAttribute {
        guard let attribute = ExtendedAttribute(fullName: name, value: value) else {
            throw HFSError(
                .invalidArgument,
                "'\(name)' is no attribute's name: it begins with user., ml., hfs., trusted., security., system. or raw."
            )
        }
        return attribute
    }
}
