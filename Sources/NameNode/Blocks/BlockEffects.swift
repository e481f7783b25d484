internal import Core

/// What a change of `BlockState` asks the world to do, once its lock is released.
struct BlockEffects {
    enum Severity { case info, warning, error }

    /// A line for the log.
    struct Finding {
        var severity: Severity
        var event: String
        var metadata: [String: String]
    }

    struct RecoveryResult {
        var block: BlockID
        var newStamp: GenerationStamp
        var length: UInt64
        var deleteBlock: Bool
        var locations: [LocatedBlock.Location]
    }

    var findings: [Finding] = []
    var fired: [(done: @Sendable (Bool) -> Void, isMet: Bool)] = []
    var recoveries: [RecoveryResult] = []
    /// Blocks under recovery of which no datanode has a replica.
    var replicaless: [BlockID] = []
    /// Inline blocks that datanodes have copies of, with the wish that these were made for.
    var moves: [MovingRow] = []
    /// Blocks that are gone and were to be moved.
    var forgottenMoves: [BlockID] = []
    /// Datanodes to be kept in the `system` table, or to be dropped from it.
    var remembered: [DatanodeDescriptor] = []
    var forgotten: [String] = []
    /// The monitor has something to do before its next tick.
    var wakesMonitor = false

    mutating func log(_ severity: Severity, _ event: String, _ metadata: [String: String]) {
        findings.append(Finding(severity: severity, event: event, metadata: metadata))
    }

    mutating func fire(_ done: [@Sendable (Bool) -> Void], isMet: Bool) {
        for each in done { fired.append((each, isMet)) }
    }
}
