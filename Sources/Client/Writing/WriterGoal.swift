/// What a call on a writer waits for.
enum WriterGoal: Sendable {
    /// The window has room again.
    case room(windowPackets: Int)
    /// All packets of the open block up to this one are acknowledged.
    case acknowledged(Int64)
    /// The open block is finished on all its datanodes.
    case blockFinished
    /// The namenode has completed the file.
    case closed

    func isReached(_ machine: PipelineMachine) -> Bool {
        switch self {
        case .room(let packets): machine.windowCount < packets
        case .acknowledged(let sequence): machine.isAcknowledged(sequence)
        case .blockFinished: machine.isBlockFinished
        case .closed: machine.phase == .closed
        }
    }
}
