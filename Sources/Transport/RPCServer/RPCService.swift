/// One Hadoop protocol as an `RPCServer` offers it.
package protocol RPCService: Sendable {
    /// The declared class name, for example `org.apache.hadoop.hdfs.protocol.ClientProtocol`.
    var protocolName: String { get }
    /// The version that clients must declare; 1 for all of HDFS's.
    var protocolVersion: UInt64 { get }
    /// The methods that exist, in an order of the service's choice: `RPCCall.methodIndex` counts in it, so that a service
    /// can dispatch through an array. A call to any other method is answered with RpcNoSuchMethodException.
    /// Empty (the default): every call reaches `handle`, with `methodIndex` -1.
    var methodNames: [String] { get }
    /// Starts one call. Runs on the connection's event loop and must not block; the answer is given through the call, once,
    /// from any thread, now or later.
    func handle(_ call: RPCCall)
    /// A connection that had made calls to any service is gone. Runs on its event loop.
    func connectionClosed(_ connection: RPCConnectionID)
}

extension RPCService {
    package var protocolVersion: UInt64 { 1 }
    package var methodNames: [String] { [] }
    package func connectionClosed(_ connection: RPCConnectionID) {}
}
