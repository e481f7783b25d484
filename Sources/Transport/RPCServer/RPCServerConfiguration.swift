import Core

/// The bounds of an `RPCServer`. The defaults are what HDFS has, or tighter.
package struct RPCServerConfiguration: Sendable {
    /// Threads that read, decode and write. Few are enough: they never block.
    package var eventLoopThreads = 2
    /// Connections at once; one more is closed at once.
    package var connectionsMax = 10_000
    /// Bytes of one frame; a longer one closes the connection before it is read.
    package var frameBytesMax = Limits.rpcFrameBytesMax
    /// Calls of one connection that are not yet answered; at the bound the server stops reading from it.
    package var callsInFlightMax = 1024
    /// Answers waiting for a slow reader, bytes; reading stops at `outboundPauseBytes`, at the bound the connection closes.
    package var outboundBytesMax = 128 << 20
    package var outboundPauseBytes = 4 << 20
    /// How long a new connection may take to present its context.
    package var handshakeMs: Int64 = 30_000
    /// How long a frame that has begun, or an answer that the peer does not take, may make no progress.
    package var stallMs: Int64 = 120_000
    /// Length of the queue of connections not yet accepted.
    package var backlog: Int32 = 1024

    package init() {}
}
