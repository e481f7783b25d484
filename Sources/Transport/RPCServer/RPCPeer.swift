/// Who is at the other end of a connection; fixed once the connection context has arrived.
package final class RPCPeer: Sendable {
    package let id: RPCConnectionID
    /// The user that calls run as.
    package let user: String
    /// The user that the connection belongs to when `user` is impersonated; nil otherwise.
    package let realUser: String?
    /// The numeric address, for example `127.0.0.1`; empty when the socket no longer knows.
    package let address: String
    package let port: UInt16

    package init(id: RPCConnectionID, user: String, realUser: String? = nil, address: String, port: UInt16) {
        self.id = id
        self.user = user
        self.realUser = realUser
        self.address = address
        self.port = port
    }
}
