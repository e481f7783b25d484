/// A datanode as clients see it: identity and addresses.
public struct DatanodeDescriptor: Hashable, Sendable {
    /// The node's own id, kept in its volumes: nodes are told apart by this alone.
    public var uuid: String
    /// What clients dial.
    public var address: String
    public var hostName: String
    public var transferPort: UInt16
    public var httpPort: UInt16
    public var rpcPort: UInt16
    /// Network location, `/default-rack` unless a topology says otherwise.
    public var location: String

    public init(
        uuid: String, address: String, hostName: String, transferPort: UInt16, httpPort: UInt16, rpcPort: UInt16,
        location: String = "/default-rack"
    ) {
        self.uuid = uuid
        self.address = address
        self.hostName = hostName
        self.transferPort = transferPort
        self.httpPort = httpPort
        self.rpcPort = rpcPort
        self.location = location
    }

    /// `address:port` of the data-transfer port, as HDFS writes it in `firstBadLink`.
    public var transferAddress: String { "\(address):\(transferPort)" }
}
