import Core
import MetaStore

/// Owner, mode and access control list (HDFS `getAclStatus`). The list holds what the mode cannot say: an empty one means
/// that the mode says all.
struct GetAclStatus: NamespaceRead {
    struct Status: Sendable {
        var owner: String
        var group: String
        var mode: FileMode
        var entries: [AclEntry]
    }

    var caller: Caller
    var path: FilePath

    func run(_ view: any MetadataView) throws(PlanInterrupt) -> Status {
        let resolved = try resolve(path, view)
        try checker(view).check(resolved)
        switch resolved.target {
        case nil: throw refusal(.fileNotFound, "File does not exist: \(path)")
        case .file(let inode, let file):
            let entries = file.hasACL ? try view.acl(inode)?.entries : nil
            return Status(owner: file.owner, group: file.group, mode: file.mode, entries: entries ?? [])
        case .directory(let inode):
            let row = try view.requireDirectory(inode)
            let entries = row.hasACL ? try view.acl(inode)?.entries : nil
            return Status(owner: row.owner, group: row.group, mode: row.mode, entries: entries ?? [])
        }
    }
}
