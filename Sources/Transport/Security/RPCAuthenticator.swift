package import Core

/// Knows who may connect to an `RPCServer`; a server without one believes every user name and takes no tokens.
///
/// Called on event loops, once a connection: must not block.
package protocol RPCAuthenticator: Sendable {
    /// Who a connection is whose client says a name and proves nothing. Errors: `.accessDenied`.
    func identity(simpleUser name: String) throws(HFSError) -> RPCIdentity
    /// Whose token this is, and the password that its holder must prove to know. Errors: `.invalidToken`.
    func identity(tokenIdentifier: [UInt8]) throws(HFSError) -> (identity: RPCIdentity, password: [UInt8])
}
