import Core
import MetaStore

/// What a writer's call needs to know before its operation is planned: that it holds the lease, and which of the file's
/// blocks must be reported first.
struct WriterState: NamespaceRead {
    struct Value: Sendable {
        var inode: InodeID
        var file: FileAttributes
        var last: LastBlock?
        /// The block before the last one.
        var penultimate: LastBlock?
    }

    var caller: Caller
    var path: FilePath
    var inode: InodeID?
    var holder: String
    var openFilesOfHolder: Int

    func run(_ view: any MetadataView) throws(PlanInterrupt) -> Value {
        let resolved = try view.resolveFile(path, inode: inode)
        let (id, file, _) = try LeaseRules.check(
            resolved, path: path, inode: inode, holder: holder, openFiles: openFilesOfHolder, view)
        return Value(
            inode: id, file: file, last: try LastBlock.of(id, file, view),
            penultimate: try LastBlock.of(id, file, back: 1, view))
    }
}
