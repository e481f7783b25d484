import Core

/// What happened to a file being written. Connection numbers tell a live connection's events from those of an earlier one.
enum PipelineEvent: Sendable {
    case queued(OutboundPacket)
    /// The caller asked that readers see all bytes so far.
    case flushed
    case allocated(LocatedBlock)
    case abandoned
    case connected(connection: Int)
    /// `badNode` is the index of the node that could not be reached; nil when it is not known.
    case connectFailed(connection: Int, badNode: Int?, HFSError)
    /// `firstBad` is the index of the node whose status was not success; nil when all were.
    case acknowledged(connection: Int, sequence: Int64, firstBad: Int?)
    case broken(connection: Int, badNode: Int?, HFSError)
    case replaced(LocatedBlock)
    case replacementRefused(HFSError)
    case transferred
    case transferFailed(HFSError)
    case stamped(GenerationStamp)
    case committed
    case closeRequested
    case completed
    /// An action cannot succeed: the namenode refused it, or the caller gave up.
    case refused(HFSError)

    /// The answer to a heartbeat: the connection lives, but nothing was done.
    var isHeartbeat: Bool {
        if case .acknowledged(_, let sequence, nil) = self { sequence < 0 } else { false }
    }
}
