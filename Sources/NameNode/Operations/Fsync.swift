import Core
import MetaStore

/// Keeps the length that a writer has synced (HDFS `fsync`): readers may count on it from now on.
struct Fsync: NamespaceOperation {
    var caller: Caller
    var path: FilePath
    var inode: InodeID?
    var holder: String
    /// Bytes of the last block; nil when the client does not say.
    var lastBlockLength: UInt64?
    var openFilesOfHolder = 0

    func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Planned<Answer> {
        let resolved = try view.resolveFile(path, inode: inode)
        var (id, file, _) = try LeaseRules.check(
            resolved, path: path, inode: inode, holder: holder, openFiles: openFilesOfHolder, view)
        guard let resolved, let length = lastBlockLength, let last = try LastBlock.of(id, file, view), last.isOpen,
            length > last.row.length
        else { return .unchanged(.empty) }
        guard length <= file.blockSize else {
            throw refusal(.io, "fsync of \(length) bytes in a block of \(file.blockSize)")
        }
        var mutation = Mutation()
        var row = last.row
        row.length = length
        mutation.put(Keys.block(last.id), row.image)
        try LastBlock.grow(&file, from: last.row.length, to: length, at: resolved, view, &mutation)
        mutation.put(file, id, at: resolved)
        return Planned(mutation, Answer(.empty))
    }
}
