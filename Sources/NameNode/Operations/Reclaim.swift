import Core
import MetaStore

/// Frees a batch of what an unlinked subtree left. True when nothing is left of `root`.
struct Reclaim: NamespaceOperation {
    /// Entries or blocks freed in one mutation: short enough to keep other operations from waiting.
    static let batchMax = 128

    var caller: Caller
    var root: InodeID

    func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Planned<Answer> {
        guard let row = try view.reclaim(root) else { return .unchanged(.result(true)) }
        var mutation = Mutation()
        var effects: [Effect] = []
        let isDone: Bool
        if row.isDirectory {
            isDone = try freeEntries(view, &mutation, &effects)
        } else {
            isDone = try Unlink.freeBlocks(root, limit: Self.batchMax, view, &mutation, &effects)
        }
        if isDone { mutation.delete(Keys.reclaim(root)) }
        return Planned(mutation, Answer(.result(isDone), effects))
    }

    private func freeEntries(
        _ view: any MetadataView, _ mutation: inout Mutation, _ effects: inout [Effect]
    ) throws(PlanInterrupt) -> Bool {
        let entries = try view.scan(.dentry, root.rawValue, after: nil, limit: Self.batchMax)
        _ = try view.gather(entries) { (entry, view) throws(PlanInterrupt) in
            let child = try refusing { () throws(HFSError) in try DentryRow(image: entry.image) }
            mutation.delete(RowKey(.dentry, root.rawValue, entry.sub))
            mutation.delete(Keys.locator(child.inode))
            if let file = child.file {
                try Unlink.freeFile(child.inode, file, view, &mutation, &effects)
            } else {
                mutation.put(Keys.reclaim(child.inode), ReclaimRow(isDirectory: true).image)
                effects.append(.unlinked(child.inode))
            }
        }
        guard entries.count < Self.batchMax else { return false }
        if let row = try view.directory(root) { try Unlink.freeDirectory(root, row, view, &mutation) }
        return true
    }
}
