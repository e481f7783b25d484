package import Core
import Synchronization

/// Who is at the other end of a connection; fixed once the connection context has arrived.
package final class RPCPeer: Sendable {
    package let id: RPCConnectionID
    /// The user that calls run as.
    package let user: String
    /// The numeric address, for example `127.0.0.1`; empty when the socket no longer knows.
    package let address: String
    package let port: UInt16
    /// The number of the delegation token that it authenticated with; nil for SIMPLE.
    package let token: UInt32?
    /// The run in whose name the connection acts; nil when none is known.
    package let run: RunID?
    private let closed = Atomic<Bool>(false)

    package init(
        id: RPCConnectionID, user: String, address: String, port: UInt16, token: UInt32? = nil,
        run: RunID? = nil
    ) {
        self.id = id
        self.user = user
        self.address = address
        self.port = port
        self.token = token
        self.run = run
    }

    /// True once the connection is closed, before any service is told: who still works for it may stop.
    package var isClosed: Bool { closed.load(ordering: .acquiring) }

    func close() { closed.store(true, ordering: .releasing) }
}
