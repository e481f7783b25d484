import Core
import MetaStore

/// `stat`: nil for what does not exist (HDFS `getFileInfo`).
struct GetFileInfo: NamespaceRead {
    var caller: Caller
    var path: FilePath

    func run(_ view: any MetadataView) throws(PlanInterrupt) -> FileStatus? {
        let resolved = try resolve(path, view)
        try checker(view).check(resolved)
        return try StatusBuilder.status(resolved, view)
    }
}
