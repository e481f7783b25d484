public import Core

/// What the namenode knows of one datanode.
public struct DatanodeReport: Hashable, Sendable {
    /// Which datanodes to report, with HDFS's numbers.
    public enum Selection: UInt8, Sendable { case all = 1, live, dead, decommissioning }

    /// HDFS's administrative states.
    public enum State: UInt8, Sendable {
        case normal = 0, decommissioning, decommissioned, enteringMaintenance, inMaintenance
    }

    public var datanode: DatanodeDescriptor
    public var capacityBytes: UInt64
    public var usedBytes: UInt64
    public var remainingBytes: UInt64
    /// Milliseconds since 1970 of the last heartbeat.
    public var lastContactMs: UInt64
    /// Transfers in progress.
    public var transfers: UInt32
    public var state: State

    public init(
        datanode: DatanodeDescriptor, capacityBytes: UInt64, usedBytes: UInt64, remainingBytes: UInt64,
        lastContactMs: UInt64, transfers: UInt32, state: State
    ) {
        self.datanode = datanode
        self.capacityBytes = capacityBytes
        self.usedBytes = usedBytes
        self.remainingBytes = remainingBytes
        self.lastContactMs = lastContactMs
        self.transfers = transfers
        self.state = state
    }
}
