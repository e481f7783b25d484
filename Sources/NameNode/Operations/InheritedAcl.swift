import Core
import MetaStore

/// What a new entry gets of its directory's default ACL (HDFS `FSDirectory.copyINodeDefaultAcl`).
struct InheritedAcl {
    var mode: FileMode
    var row: AclRow?

    /// `pending`: the mutation so far, which may hold the parent's own new ACL.
    init(
        parent: InodeID, _ parentRow: DirectoryRow, mode masked: FileMode, unmasked: FileMode?, isDirectory: Bool,
        _ view: any MetadataView, _ pending: Mutation
    ) throws(PlanInterrupt) {
        mode = masked
        row = nil
        guard parentRow.hasACL else { return }
        let defaults = try Self.acl(parent, view, pending)?.defaults ?? []
        guard !defaults.isEmpty else { return }
        let asked = unmasked ?? masked
        let isMinimal = defaults.count == 3
        var access: [AclEntry] = []
        for entry in defaults {
            var copy = entry
            copy.scope = .access
            switch (entry.kind, entry.name) {
            case (.user, nil): copy.permissions.formIntersection(asked.owner)
            case (.group, nil) where isMinimal: copy.permissions.formIntersection(asked.group)
            case (.mask, _): copy.permissions.formIntersection(asked.group)
            case (.other, _): copy.permissions.formIntersection(asked.other)
            default: break
            }
            access.append(copy)
        }
        let logical = LogicalAcl(access + (isDirectory ? defaults : []))
        mode = logical.mode(keepingStickyOf: asked)
        row = logical.row
    }

    private static func acl(
        _ inode: InodeID, _ view: any MetadataView, _ pending: Mutation
    ) throws(PlanInterrupt) -> AclRow? {
        let key = Keys.acl(inode)
        for case .put(key, let image) in pending.rows {
            return try refusing { () throws(HFSError) in try AclRow(image: image) }
        }
        return try view.acl(inode)
    }
}
