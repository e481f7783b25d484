import Core
import MetaStore

/// Takes an open file from its writer and closes it (HDFS `internalReleaseLease`): at once when no block is open, else by a
/// block recovery whose end closes it (`CommitRecovery`). True when the file is closed.
struct RecoverLease: NamespaceOperation {
    enum Target: Hashable, Sendable {
        /// recoverLease: the caller must be allowed to write the file.
        case path(FilePath)
        /// The namenode's own lease monitor. Nothing happens when `holder` does not hold it any more.
        case expired(InodeID, holder: String)
    }

    var caller: Caller
    var target: Target
    /// True to begin a running recovery again with a new stamp: after a start of the namenode.
    var restart = false
    /// A takeover asks again, when its turn comes, whether the writer is still silent.
    var isStillExpired: @Sendable (String) -> Bool = { _ in true }

    func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Planned<Answer> {
        guard let (resolved, inode, file, lease) = try openFile(view) else { return .unchanged(.result(true)) }
        var open = file
        var mutation = Mutation()
        var effects: [Effect] = []
        guard let last = try LastBlock.of(inode, file, view), last.isOpen else {
            FileCloser.close(
                inode, &open, at: resolved, nowMs: inputs.nowMs, &mutation, &effects, event: .leaseRecovered)
            return Planned(mutation, Answer(.result(true), effects))
        }
        if lease.recoveryStamp != 0, !restart { return .unchanged(.result(false)) }
        let stamp = inputs.ids.takeGenerationStamp()
        let recovering = LeaseRow(
            holder: LeaseRow.namenodeHolder, address: lease.address, recoveryStamp: stamp.rawValue)
        mutation.put(Keys.lease(inode), recovering.image)
        effects = [
            .leaseOpened(inode, holder: recovering.holder, run: nil),
            .recoveryStarted(last.id, last.row.generationStamp, recoveryID: stamp),
        ]
        return Planned(mutation, Answer(.result(false), effects))
    }

    private func openFile(
        _ view: any MetadataView
    ) throws(PlanInterrupt) -> (ResolvedPath, InodeID, FileAttributes, LeaseRow)? {
        let resolved: ResolvedPath?
        switch target {
        case .path(let path):
            let found = try view.resolve(path, rows: true)
            guard case .file = found.target else {
                throw found.isMissing
                    ? refusal(.fileNotFound, "File does not exist: \(path)")
                    : refusal(.fileNotFound, "Path is not a file: \(path)")
            }
            try checker(view).check(found, access: .write)
            resolved = found
        case .expired(let inode, _): resolved = try view.resolve(inode: inode, rows: false)
        }
        guard let resolved, case .file(let inode, let file) = resolved.target, file.isUnderConstruction,
            let lease = try view.lease(inode)
        else { return nil }
        if case .expired(_, let holder) = target, lease.holder != holder || !isStillExpired(holder) { return nil }
        return (resolved, inode, file, lease)
    }
}
