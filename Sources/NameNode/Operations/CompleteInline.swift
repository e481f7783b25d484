import Core
import MetaStore

/// Closes a file that has no block with bytes that the namenode keeps: they are durable with the mutation, in the edits log,
/// and no datanode is needed. True also when an earlier call with the same bytes did.
struct CompleteInline: NamespaceOperation {
    var caller: Caller
    var path: FilePath
    var inode: InodeID
    var holder: String
    var content: InlineRow
    var openFilesOfHolder = 0

    func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Planned<Answer> {
        let resolved = try view.resolveFile(path, inode: inode)
        if let resolved, try isReplay(resolved, view) { return .unchanged(.result(true)) }
        var (id, file, _) = try LeaseRules.check(
            resolved, path: path, inode: inode, holder: holder, openFiles: openFilesOfHolder, view)
        guard let resolved else { throw refusal(.fileNotFound, "File does not exist: \(path)") }
        let length = UInt64(content.bytes.count)
        guard file.blockCount == 0, length <= file.blockSize else {
            throw refusal(
                .unsupported,
                "\(resolved.path) cannot be closed with \(length) bytes of its own: it has \(file.blockCount) blocks of up "
                    + "to \(file.blockSize) bytes")
        }
        try Quota.check(resolved, Counter(space: Quota.product(Int64(length), Int64(file.replication))), view)
        var mutation = Mutation()
        var effects: [Effect] = []
        InlineBlock.put(content, in: id, &file, &inputs, &mutation)
        try LastBlock.grow(&file, from: 0, to: length, at: resolved, view, &mutation)
        FileCloser.close(
            id, &file, at: resolved, nowMs: inputs.nowMs, &mutation, &effects, checksum: content.checksum)
        return Planned(mutation, Answer(.result(true), effects))
    }

    private func isReplay(_ resolved: ResolvedPath, _ view: any MetadataView) throws(PlanInterrupt) -> Bool {
        guard case .file(let id, let file) = resolved.target, id == inode, !file.isUnderConstruction,
            file.hasInlineBlock, file.blockCount == 1, let block = try view.fileBlock(id, 0)
        else { return false }
        // Else whoever guesses bytes would be told whether they are the file's.
        let access: AccessMode? = file.owner == caller.user ? nil : .write
        try checker(view).check(resolved, access: access, keepsContents: true)
        return try view.inline(block) == content
    }
}
