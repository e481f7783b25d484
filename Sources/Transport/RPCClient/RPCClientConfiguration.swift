package import Core

/// The bounds of an `RPCClient`.
package struct RPCClientConfiguration: Sendable {
    /// How long one attempt to connect may take.
    package var connectTimeoutMs: Int64 = 20_000
    /// Calls without an answer on the connection; more are refused with `.retriable`.
    package var callsInFlightMax = 65_536
    /// Bytes of one answer; a longer one breaks the connection.
    package var frameBytesMax = Limits.rpcFrameBytesMax
    /// After this long without a word while calls are outstanding, an empty frame keeps the connection known to be alive:
    /// HDFS's 60 s.
    package var pingIntervalMs: Int64 = 60_000
    /// Sent with each call when not empty: what the host program is, kept with every change.
    package var callerContext = ""
    /// Proved to the server, which then takes the connection for the token's owner; nil: SIMPLE.
    package var token: DelegationToken?

    package init() {}
}
