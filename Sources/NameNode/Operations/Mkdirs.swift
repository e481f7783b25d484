import Core
import MetaStore

/// Makes a directory, with `createParent` also the missing ones above it (HDFS `mkdirs`). True also when it exists.
struct Mkdirs: NamespaceOperation {
    var caller: Caller
    var path: FilePath
    /// With the client's umask applied.
    var mode: FileMode
    /// As asked, for a parent with a default ACL; nil from older clients.
    var unmasked: FileMode?
    var createParent: Bool

    func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Planned<Answer> {
        let resolved = try view.resolve(path, rows: true)
        try checker(view).check(resolved)
        switch resolved.target {
        case .file: throw refusal(.alreadyExists, "Path is not a directory: \(path)")
        case .directory: return .unchanged(.result(true))
        case nil: break
        }
        try checker(view).check(resolved, ancestor: .write)
        if !createParent, resolved.parent == nil || resolved.isBelowFile { throw Self.noParent(resolved) }
        var mutation = Mutation()
        _ = try DirectoryMaker(caller: caller, mode: mode, unmasked: unmasked).make(
            resolved, upTo: resolved.path.count, view, &inputs, &mutation)
        return Planned(mutation, Answer(.result(true)))
    }

    /// HDFS `verifyParentDir`.
    static func noParent(_ resolved: ResolvedPath) -> PlanInterrupt {
        let count = resolved.path.count
        let parent = resolved.prefix(count - 1)
        return resolved.isBelowFile && resolved.directories.count == count - 1
            ? refusal(.notADirectory, "Parent path is not a directory: \(parent)")
            : refusal(.fileNotFound, "Parent directory doesn't exist: \(parent)")
    }
}
