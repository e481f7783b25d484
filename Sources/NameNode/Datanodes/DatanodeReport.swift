package import Core

/// A datanode as administrators see it (getDatanodeReport). Bytes; the time by the wall clock.
package struct DatanodeReport: Sendable {
    package enum State: String, Sendable { case live, stale, disconnected, dead }

    package var datanode: DatanodeDescriptor
    package var state: State
    package var capacityBytes: UInt64
    package var usedBytes: UInt64
    package var remainingBytes: UInt64
    package var blockCount: Int
    package var transfers: UInt32
    /// Milliseconds since 1970; 0 when the node was not heard of since the namenode started.
    package var lastHeartbeatMs: Int64
    package var storages: [StorageReport]

    /// Clients may use the node: it is not dead (HDFS's LIVE).
    package var isLive: Bool { state != .dead }
}
