import Core
import MetaStore

/// The five calls that change an access control list: owner or superuser.
struct ChangeAcl: NamespaceOperation {
    enum Change: Hashable, Sendable {
        case modify([AclEntry])
        case remove([AclEntry])
        case removeDefaults
        case removeAll
        case replace([AclEntry])
    }

    var caller: Caller
    var path: FilePath
    var change: Change

    func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Planned<Answer> {
        let resolved = try view.resolve(path, rows: true)
        try checker(view).check(resolved, owner: true)
        let mode: FileMode
        let had: Bool
        switch resolved.target {
        case nil: throw refusal(.fileNotFound, "File does not exist: \(path)")
        case .file(_, let file): (mode, had) = (file.mode, file.hasACL)
        case .directory: (mode, had) = (resolved.rows.last?.mode ?? FileMode(0), resolved.rows.last?.hasACL ?? false)
        }
        guard let target = resolved.target else { throw refusal(.fileNotFound, "File does not exist: \(path)") }
        let old = LogicalAcl(mode, had ? try view.acl(target.inode) : nil)
        let new = try refusing { () throws(HFSError) in try apply(to: old) }
        if !new.defaults.isEmpty, !target.isDirectory {
            throw refusal(.aclInvalid, "Invalid ACL: only directories may have a default ACL. Path: \(path)")
        }
        var mutation = Mutation()
        let row = new.row
        if let row { mutation.put(Keys.acl(target.inode), row.image) }
        if row == nil, had { mutation.delete(Keys.acl(target.inode)) }
        let newMode = new.mode(keepingStickyOf: mode)
        try mutation.change(
            resolved, missing: path, .setACL, told: .none,
            directory: {
                $0.mode = newMode
                $0.hasACL = row != nil
            },
            file: {
                $0.mode = newMode
                $0.hasACL = row != nil
            })
        return Planned(mutation, Answer(.empty))
    }

    private func apply(to old: LogicalAcl) throws(HFSError) -> LogicalAcl {
        switch change {
        case .modify(let spec): return try AclTransformation.modify(old, spec)
        case .remove(let spec): return try AclTransformation.remove(old, spec)
        case .replace(let spec): return try AclTransformation.replace(old, spec)
        case .removeDefaults: return AclTransformation.removeDefaults(old)
        case .removeAll:
            // The owning group's own entry becomes the mode's group bits again.
            return LogicalAcl(old.access.filter { $0.name == nil && $0.kind != .mask })
        }
    }
}
