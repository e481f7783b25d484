import Core
import MetaStore

/// A status with the blocks of a file (HDFS `getLocatedFileInfo`); nil for what does not exist.
struct GetLocatedFileInfo: NamespaceRead {
    var caller: Caller
    var path: FilePath

    func run(_ view: any MetadataView) throws(PlanInterrupt) -> ListedEntry? {
        let resolved = try resolve(path, view)
        try checker(view).check(resolved)
        guard let status = try StatusBuilder.status(resolved, view) else { return nil }
        guard case .file(let inode, let file) = resolved.target else { return ListedEntry(status: status, layout: nil) }
        let blocks = try FileBlocks.all(inode, count: file.blockCount, view)
        return ListedEntry(status: status, layout: FileLayout(inode, file, blocks))
    }
}
