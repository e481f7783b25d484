import Core
import MetaStore

/// The end of a block recovery (HDFS `commitBlockSynchronization`): length and stamp that the replicas agreed on, and the
/// file is closed. True when it took effect; a recovery that a newer one replaced does not.
struct CommitRecovery: NamespaceOperation {
    var caller: Caller
    var block: BlockID
    var newStamp: GenerationStamp
    /// Bytes.
    var length: UInt64
    /// No replica had a byte.
    var deleteBlock: Bool
    /// With `deleteBlock`: the datanodes (uuids) that were heard.
    var heard: Set<String> = []

    func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Planned<Answer> {
        guard let row = try view.block(block), row.state == .underConstruction,
            let resolved = try view.resolve(inode: row.inode, rows: false),
            case .file(let inode, var file) = resolved.target, file.isUnderConstruction,
            let lease = try view.lease(inode), let last = try LastBlock.of(inode, file, view), last.id == block
        else { return .unchanged(.result(false)) }
        guard lease.recoveryStamp == newStamp.rawValue || deleteBlock && lease.recoveryStamp != 0 else {
            throw refusal(
                .io,
                "The recovery id \(newStamp) does not match current recovery id \(lease.recoveryStamp) for block \(block)"
            )
        }
        var mutation = Mutation()
        var effects: [Effect] = []
        if deleteBlock {
            guard row.length == 0 else {
                throw refusal(.io, "\(block) has \(row.length) synced bytes and cannot be dropped")
            }
            // A node of the pipeline that is away may hold bytes that were flushed and never told of.
            let unheard = row.pipeline.filter { !heard.contains($0) }
            guard !row.pipeline.isEmpty, unheard.isEmpty else {
                throw refusal(
                    .io,
                    "\(block) cannot be dropped: "
                        + (unheard.isEmpty ? "its pipeline is not known" : "datanodes \(unheard) were not heard"))
            }
            last.remove(from: &file, inode, at: resolved, &mutation)
            effects.append(.blocksRemoved([block]))
        } else {
            guard length >= row.length else {
                throw refusal(.io, "Recovery of \(block) found \(length) bytes, \(row.length) were synced")
            }
            guard length <= file.blockSize else {
                throw refusal(.io, "Recovery of \(block) found \(length) bytes in a block of \(file.blockSize)")
            }
            var committed = row
            committed.generationStamp = newStamp
            committed.length = length
            committed.state = .committed
            mutation.put(Keys.block(block), committed.image)
            try LastBlock.grow(&file, from: row.length, to: length, at: resolved, view, &mutation)
            effects.append(
                .blockCommitted(block, newStamp, length: length, replication: Int(row.replication)))
        }
        FileCloser.close(
            inode, &file, at: resolved, nowMs: inputs.nowMs, &mutation, &effects, event: .leaseRecovered)
        return Planned(mutation, Answer(.result(true), effects))
    }
}
