import Core
import MetaStore

/// Whether the caller may read, write or execute the target: an error when not (HDFS `checkAccess`).
struct CheckAccess: NamespaceRead {
    var caller: Caller
    var path: FilePath
    var access: AccessMode

    func run(_ view: any MetadataView) throws(PlanInterrupt) {
        let resolved = try resolve(path, view)
        try checker(view).check(resolved)
        guard resolved.target != nil else { throw refusal(.fileNotFound, "File/Directory does not exist: \(path)") }
        try checker(view).check(resolved, access: access)
    }
}
