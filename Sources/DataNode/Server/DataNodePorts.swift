/// The ports that a running datanode listens on.
package struct DataNodePorts: Hashable, Sendable {
    package var transfer: UInt16
    package var rpc: UInt16
    package var http: UInt16
}
