internal import Core
internal import DequeModule

/// What the namenode knows of one datanode.
struct Datanode {
    /// How far a node may be relied on, best first.
    enum Liveness: Int, Comparable {
        case live, stale, disconnected, dead

        static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
    }

    let index: DatanodeIndex
    var descriptor: DatanodeDescriptor
    /// Nil while no connection is bound to the node.
    var connection: DatanodeConnection?
    var lastHeartbeatMs: Int64
    /// When the last connection closed, or the namenode started for a node it remembers.
    var disconnectedAtMs: Int64
    var registeredAtMs: Int64?
    var isDead = false
    var storages: [StorageIndex] = []
    /// Block transfers of any kind that the node said it runs.
    var transfers: UInt32 = 0
    /// Blocks being written through this node, as far as the namenode allocated them in this run.
    var openBlocks = 0

    var invalidations: Deque<PendingDeletion> = []
    var sentInvalidations: Deque<SentDeletion> = []
    /// Transfers and recoveries, oldest first.
    var commands: Deque<DatanodeCommand> = []

    struct PendingDeletion {
        var storage: StorageIndex
        var block: BlockID
    }

    struct SentDeletion {
        var deletion: PendingDeletion
        var againAtMs: Int64
    }

    func liveness(nowMs: Int64, _ configuration: BlockConfiguration) -> Liveness {
        if isDead { return .dead }
        if connection == nil { return .disconnected }
        return nowMs - lastHeartbeatMs > configuration.staleAfterMs ? .stale : .live
    }

    /// True when the node was silent or away for longer than the settings allow.
    func isOverdue(nowMs: Int64, _ configuration: BlockConfiguration) -> Bool {
        connection == nil
            ? nowMs - disconnectedAtMs >= configuration.deadAfterDisconnectMs
            : nowMs - lastHeartbeatMs >= configuration.deadAfterSilenceMs
    }
}
