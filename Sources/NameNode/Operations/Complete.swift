import Core
import MetaStore

/// Commits the last block and closes the file (HDFS `complete`). True also when an earlier call did; false while the last
/// block is open and the call does not name it. That its blocks are reported is the caller's business.
struct Complete: NamespaceOperation {
    var caller: Caller
    var path: FilePath
    var inode: InodeID?
    var holder: String
    var last: Block?
    var openFilesOfHolder = 0

    func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Planned<Answer> {
        let resolved = try view.resolveFile(path, inode: inode)
        if let resolved, try isReplay(resolved, view) { return .unchanged(.result(true)) }
        var (id, file, _) = try LeaseRules.check(
            resolved, path: path, inode: inode, holder: holder, openFiles: openFilesOfHolder, view)
        guard let resolved else { throw refusal(.fileNotFound, "File does not exist: \(path)") }
        var mutation = Mutation()
        var effects: [Effect] = []
        if let block = try LastBlock.of(id, file, view), block.isOpen {
            guard let last else { return .unchanged(.result(false)) }
            guard block.id == last.id else {
                throw refusal(
                    .io, "Cannot complete \(resolved.path): \(last) is not its last block, which is \(block.id)")
            }
            if let effect = try block.commit(last, in: &file, at: resolved, view, &mutation) { effects.append(effect) }
        }
        FileCloser.close(id, &file, at: resolved, nowMs: inputs.nowMs, &mutation, &effects)
        return Planned(mutation, Answer(.result(true), effects))
    }

    private func isReplay(_ resolved: ResolvedPath, _ view: any MetadataView) throws(PlanInterrupt) -> Bool {
        guard case .file(let id, let file) = resolved.target, !file.isUnderConstruction else { return false }
        guard let block = try LastBlock.of(id, file, view) else { return last == nil }
        return block.matches(last)
    }
}
