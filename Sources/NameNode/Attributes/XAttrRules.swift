import Core
import MetaStore

/// Who may see and change which attributes, and what they may look like (HDFS `XAttrPermissionFilter`, `FSDirXAttrOp`; our
/// own names beside).
enum XAttrRules {
    /// `user` is for everybody, `trusted` for superusers; the rest belongs to the namenode.
    static func isOpen(_ namespace: ExtendedAttribute.Namespace, to caller: Caller) -> Bool {
        namespace == .user || namespace == .trusted && caller.isSuperuser
    }

    /// Whether users other than superusers may see attributes of this full name.
    static func isForUsers(_ fullName: String) -> Bool {
        !["trusted.", "security.", "system.", "raw."].contains { fullName.hasPrefix($0) }
    }

    static func requireOpen(_ attribute: ExtendedAttribute, to caller: Caller) throws(PlanInterrupt) {
        guard !isOpen(attribute.namespace, to: caller) else { return }
        throw refusal(.accessDenied, "User doesn't have permission for xattr: \(attribute.fullName)")
    }

    /// Writing a `user` or `ml` attribute is writing the target; in a sticky directory it is for the owner, as `hfs` always is.
    static func checkChange(
        _ attribute: ExtendedAttribute, _ resolved: ResolvedPath, _ checker: PermissionChecker
    ) throws(PlanInterrupt) {
        guard attribute.namespace == .user else { return try checker.check(resolved) }
        let isSticky = resolved.target?.isDirectory == true && resolved.rows.last?.mode.isSticky == true
        if isSticky || attribute.name.hasPrefix(OwnAttribute.prefix) {
            try checker.check(resolved, owner: true)
        } else {
            try checker.check(resolved, access: .write, keepsContents: true)
        }
        if attribute.name.hasPrefix(OwnAttribute.prefix) { try checker.requireUnsealed(resolved) }
    }

    /// Refuses names and values that no attribute may have.
    static func checkForm(_ attribute: ExtendedAttribute) throws(PlanInterrupt) {
        let name = attribute.name
        guard !name.isEmpty, name.utf8.count <= Limits.nameBytesMax, !name.utf8.contains(0) else {
            throw refusal(
                .invalidArgument, "XAttr name must have 1 to \(Limits.nameBytesMax) bytes, none of them zero.")
        }
        let size = name.utf8.count + attribute.value.count
        guard size <= Limits.xattrBytesMax else {
            throw refusal(
                .invalidArgument,
                "The XAttr is too big. The maximum combined size of the name and value is \(Limits.xattrBytesMax), but "
                    + "the total size is \(size)")
        }
        guard attribute.namespace == .user, let prefix = ExtendedAttribute.ownPrefixes.first(where: name.hasPrefix)
        else { return }
        guard name.utf8.count > prefix.utf8.count else {
            throw refusal(.invalidArgument, "'\(name)' names no attribute: something must follow the point")
        }
        if prefix == OwnAttribute.prefix, OwnAttribute(attribute) == nil {
            let known = OwnAttribute.allCases.map(\.rawValue).joined(separator: ", ")
            throw refusal(.invalidArgument, "hfs has no attribute \(name); it has \(known)")
        }
        guard !AttributeValue.isNotANumber(attribute.value) else {
            throw refusal(.invalidArgument, "\(name) cannot be NaN: it compares with nothing")
        }
    }

    /// Refuses more attributes than an inode may have: `new` are those that it does not have yet.
    static func checkCount(
        _ inode: InodeID, adding new: [ExtendedAttribute], _ view: any MetadataView
    ) throws(PlanInterrupt) {
        guard !new.isEmpty else { return }
        var (plain, own) = (0, 0)
        for attribute in new { if attribute.isOwn { own += 1 } else { plain += 1 } }
        let (newPlain, newOwn) = (plain, own)
        for row in try view.scan(.xattr, inode.rawValue, after: nil, limit: Limits.xattrRowsMax) {
            if isOwn(row.sub) {
                own += 1
            } else if row.sub.first != ScopeNotes.attribute.namespace.rawValue {
                plain += 1
            }
        }
        if newPlain > 0, plain > Limits.xattrsPerInodeMax {
            throw refusal(
                .io, "Cannot add additional XAttr to inode, would exceed limit of \(Limits.xattrsPerInodeMax)")
        }
        if newOwn > 0, own > Limits.ownXattrsPerInodeMax {
            throw refusal(
                .io, "Cannot add another ml or hfs attribute, would exceed limit of \(Limits.ownXattrsPerInodeMax)")
        }
    }

    /// The same as `ExtendedAttribute.isOwn` of a row's key.
    private static func isOwn(_ sub: [UInt8]) -> Bool {
        sub.first == ExtendedAttribute.Namespace.user.rawValue
            && ExtendedAttribute.ownPrefixes.contains { sub.dropFirst().starts(with: $0.utf8) }
    }

    /// The attributes of an inode that `caller` may see, in the order of namespace and name.
    static func visible(
        _ inode: InodeID, to caller: Caller, _ view: any MetadataView
    ) throws(PlanInterrupt) -> [ExtendedAttribute] {
        try AttributeRows.all(inode, view).map(\.attribute).filter { isOpen($0.namespace, to: caller) }
    }
}
