import Core
import MetaStore

/// Who may see and change which attributes (HDFS `XAttrPermissionFilter`, `FSDirXAttrOp`).
enum XAttrRules {
    static func fullName(_ attribute: ExtendedAttribute) -> String {
        switch attribute.namespace {
        case .user: "user.\(attribute.name)"
        case .trusted: "trusted.\(attribute.name)"
        case .security: "security.\(attribute.name)"
        case .system: "system.\(attribute.name)"
        case .raw: "raw.\(attribute.name)"
        }
    }

    /// `user` is for everybody, `trusted` for superusers; the rest belongs to the namenode.
    static func isOpen(_ namespace: ExtendedAttribute.Namespace, to caller: Caller) -> Bool {
        namespace == .user || namespace == .trusted && caller.isSuperuser
    }

    static func requireOpen(_ attribute: ExtendedAttribute, to caller: Caller) throws(PlanInterrupt) {
        guard !isOpen(attribute.namespace, to: caller) else { return }
        throw refusal(.accessDenied, "User doesn't have permission for xattr: \(fullName(attribute))")
    }

    /// Writing a `user` attribute is writing the target; in a sticky directory it is for the owner.
    static func checkChange(
        _ attribute: ExtendedAttribute, _ resolved: ResolvedPath, _ checker: PermissionChecker
    ) throws(PlanInterrupt) {
        guard attribute.namespace == .user else { return try checker.check(resolved) }
        if case .directory = resolved.target, resolved.rows.last?.mode.isSticky == true {
            try checker.check(resolved, owner: true)
        } else {
            try checker.check(resolved, access: .write)
        }
    }

    /// The attributes of an inode that `caller` may see, in the order of namespace and name.
    static func visible(
        _ inode: InodeID, to caller: Caller, _ view: any MetadataView
    ) throws(PlanInterrupt) -> [ExtendedAttribute] {
        var found: [ExtendedAttribute] = []
        for row in try view.scan(.xattr, inode.rawValue, after: nil, limit: 2 * Limits.xattrsPerInodeMax) {
            guard let first = row.sub.first, let namespace = ExtendedAttribute.Namespace(rawValue: first),
                isOpen(namespace, to: caller)
            else { continue }
            let value = try refusing { () throws(HFSError) in try XAttrRow(image: row.image).value }
            found.append(
                ExtendedAttribute(
                    namespace: namespace, name: String(decoding: row.sub.dropFirst(), as: UTF8.self), value: value))
        }
        return found
    }
}
