import Core
import MetaStore

/// A file with its blocks, for opening it (HDFS `getBlockLocations`).
struct GetBlockLocations: NamespaceRead {
    var caller: Caller
    var path: FilePath

    func run(_ view: any MetadataView) throws(PlanInterrupt) -> FileLayout {
        let resolved = try resolve(path, view)
        try checker(view).check(resolved, access: .read)
        let (inode, file) = try requireFile(resolved)
        return FileLayout(inode, file, try FileBlocks.all(inode, count: file.blockCount, view))
    }
}
