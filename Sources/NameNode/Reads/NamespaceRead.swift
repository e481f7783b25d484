import Core
import MetaStore

/// A question about the namespace in some caller's name. Runs on event loops; has no side effects.
protocol NamespaceRead: Sendable {
    associatedtype Value: Sendable

    /// `Caller.unknown` until it is known.
    var caller: Caller { get set }

    func run(_ view: any MetadataView) throws(PlanInterrupt) -> Value
}

extension NamespaceRead {
    func asked(by caller: Caller) -> Self {
        var question = self
        question.caller = caller
        return question
    }

    func checker(_ view: any MetadataView) -> PermissionChecker { PermissionChecker(caller: caller, view: view) }

    /// Loads the attributes of directories only for those whose rights must be checked.
    func resolve(_ path: FilePath, _ view: any MetadataView) throws(PlanInterrupt) -> ResolvedPath {
        try view.resolve(path, rows: !caller.isSuperuser)
    }

    /// HDFS `INodeFile.valueOf`.
    func requireFile(_ resolved: ResolvedPath) throws(PlanInterrupt) -> (InodeID, FileAttributes) {
        switch resolved.target {
        case .file(let inode, let file): return (inode, file)
        case .directory: throw refusal(.fileNotFound, "Path is not a file: \(resolved.path)")
        case nil: throw refusal(.fileNotFound, "File does not exist: \(resolved.path)")
        }
    }
}
