import Core
import MetaStore

/// Takes the open last block out of a file: its pipeline could not be set up (HDFS `abandonBlock`). Nothing happens when it
/// is not the last one any more.
struct AbandonBlock: NamespaceOperation {
    var caller: Caller
    var path: FilePath
    var inode: InodeID?
    var holder: String
    var block: BlockID
    var openFilesOfHolder = 0

    func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Planned<Answer> {
        let resolved = try view.resolveFile(path, inode: inode)
        var (id, file, _) = try LeaseRules.check(
            resolved, path: path, inode: inode, holder: holder, openFiles: openFilesOfHolder, view)
        guard let resolved, let last = try LastBlock.of(id, file, view), last.id == block, last.isOpen else {
            return .unchanged(.empty)
        }
        var mutation = Mutation()
        last.remove(from: &file, id, at: resolved, &mutation)
        mutation.put(file, id, at: resolved)
        return Planned(mutation, Answer(.empty, [.blocksRemoved([block])]))
    }
}

extension LastBlock {
    /// Takes the block's rows and length away; the file's entry is the caller's to write.
    func remove(
        from file: inout FileAttributes, _ inode: InodeID, at resolved: ResolvedPath, _ mutation: inout Mutation
    ) {
        mutation.delete(Keys.block(id))
        mutation.delete(Keys.fileBlock(inode, row.index))
        file.blockCount -= 1
        let before = file.space
        file.length -= min(row.length, file.length)
        let delta = Counter(length: -Int64(clamping: row.length), space: file.space - before)
        Quota.count(delta, in: resolved.ancestors, &mutation)
    }
}
