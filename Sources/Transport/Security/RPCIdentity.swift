package import Core

/// Who is behind a connection.
package struct RPCIdentity: Hashable, Sendable {
    package var user: String
    /// The number of the delegation token; nil for SIMPLE.
    package var token: UInt32?
    /// The run in whose name the connection acts.
    package var run: RunID?

    package init(user: String, token: UInt32? = nil, run: RunID? = nil) {
        self.user = user
        self.token = token
        self.run = run
    }
}
