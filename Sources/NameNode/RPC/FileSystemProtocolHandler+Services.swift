import Core
import Transport
import WireProtocol

/// Where services beside the namenode listen.
extension FileSystemProtocolHandler {
    static let services: [(String, Method)] = [
        ("registerService", { handler, call throws(HFSError) in try handler.registerService(call) }),
        ("locateService", { handler, call throws(HFSError) in try handler.locateService(call) }),
    ]

    /// Holds as long as the connection does. For superusers: a service is trusted with what users ask it.
    private func registerService(_ call: RPCCall) throws(HFSError) {
        let request = try call.request(Hfs_Filesystem_RegisterServiceRequest.self)
        guard !request.name.isEmpty, !request.address.isEmpty else {
            throw HFSError(.invalidArgument, "A service has a name and an address")
        }
        withCaller(call) { [directory] caller in
            guard caller.isSuperuser else {
                return call.fail(
                    HFSError(
                        .accessDenied,
                        "Access denied for user \(caller.user). Superuser privilege is required to register a service"))
            }
            directory.register(request.name, at: request.address, connection: call.connection.id)
            call.reply(Hfs_Filesystem_RegisterServiceResponse())
        }
    }

    private func locateService(_ call: RPCCall) throws(HFSError) {
        let request = try call.request(Hfs_Filesystem_LocateServiceRequest.self)
        var response = Hfs_Filesystem_LocateServiceResponse()
        if let address = directory.address(of: request.name) { response.address = address }
        call.reply(response)
    }
}
