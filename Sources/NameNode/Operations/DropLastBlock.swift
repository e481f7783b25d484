import Core
import MetaStore

/// Closes a file under recovery without its open last block, whose datanodes do not come back. Superusers only: bytes that
/// were flushed or synced to those datanodes are given up. HDFS has no such call; there the file is deleted. True when the
/// file is closed.
struct DropLastBlock: NamespaceOperation {
    var caller: Caller
    var path: FilePath
    /// How far the recovery is; asked when the operation's turn comes.
    var standing: @Sendable (LastBlock) -> RecoveryStanding

    func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Planned<Answer> {
        let resolved = try view.resolve(path, rows: true)
        guard case .file(let inode, var file) = resolved.target else {
            throw refusal(.fileNotFound, "File does not exist: \(path)")
        }
        try checker(view).requireSuperuser()
        guard file.isUnderConstruction, let lease = try view.lease(inode) else { return .unchanged(.result(true)) }
        guard lease.recoveryStamp != 0, let last = try LastBlock.of(inode, file, view), last.isOpen else {
            throw refusal(.invalidArgument, "No block of \(path) is under recovery: recover its lease first")
        }
        let standing = standing(last)
        guard standing.isOutOfReach else {
            throw refusal(.recoveryInProgress, "\(last.id) of \(path) is not out of reach: \(standing.waitsFor)")
        }
        var mutation = Mutation()
        var effects: [Effect] = [.blocksRemoved([last.id])]
        last.remove(from: &file, inode, at: resolved, &mutation)
        FileCloser.close(
            inode, &file, at: resolved, nowMs: inputs.nowMs, &mutation, &effects, event: .leaseRecovered)
        return Planned(mutation, Answer(.result(true), effects))
    }
}
