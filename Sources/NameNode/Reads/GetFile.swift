import Core
import MetaStore

/// A file's own attributes, for the small questions (HDFS `isFileClosed`, `getPreferredBlockSize`).
struct GetFile: NamespaceRead {
    var caller: Caller
    var path: FilePath

    func run(_ view: any MetadataView) throws(PlanInterrupt) -> FileAttributes {
        let resolved = try resolve(path, view)
        try checker(view).check(resolved)
        return try requireFile(resolved).1
    }
}
