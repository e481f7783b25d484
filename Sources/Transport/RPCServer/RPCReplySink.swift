package import Core
package import NIOCore

/// Where an `RPCCall` sends its one answer. Called from any thread.
package protocol RPCReplySink: Sendable {
    func succeed(_ call: RPCCall, _ fill: (inout ByteBuffer) -> Void)
    func fail(_ call: RPCCall, _ error: HFSError)
}
