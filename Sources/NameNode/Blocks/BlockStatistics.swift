/// The cluster in numbers (getFsStats, metrics). Bytes count live datanodes only.
package struct BlockStatistics: Hashable, Sendable {
    package var capacityBytes: UInt64 = 0
    package var usedBytes: UInt64 = 0
    package var remainingBytes: UInt64 = 0
    /// Blocks with fewer good replicas than wanted, lost ones included.
    package var underReplicatedBlocks = 0
    /// Blocks of which every known replica is corrupt.
    package var corruptBlocks = 0
    /// Blocks without a good replica, as far as they were reported since the start.
    package var missingBlocks = 0
    /// Replicas waiting for their deletion.
    package var pendingDeletionReplicas = 0
    package var corruptReplicas = 0
    /// Replicas of blocks that this namespace never handed out (HDFS: blocks with future generation stamps).
    package var quarantinedReplicas = 0
    /// Blocks with a copy under way.
    package var pendingReplicationBlocks = 0
    package var openBlocks = 0
    package var runningRecoveries = 0
    package var blocks = 0
    package var replicas = 0
    package var liveDatanodes = 0
    package var staleDatanodes = 0
    package var disconnectedDatanodes = 0
    package var deadDatanodes = 0
}
