import Core
import MetaStore

/// Changes of one inode's attributes with all that hangs on them: the rows, their place in the index, what the inode's own row
/// says, the event.
struct AttributeChange {
    /// The path as `mutation` will leave it: the target's row follows each change.
    private(set) var resolved: ResolvedPath
    private let inode: InodeID
    private let view: any MetadataView

    /// `resolved` has a target and rows.
    init(_ resolved: ResolvedPath, _ inode: InodeID, _ view: any MetadataView) {
        self.resolved = resolved
        self.inode = inode
        self.view = view
    }

    private var isDirectory: Bool { resolved.target?.isDirectory == true }

    /// The directory whose index has the target's attributes.
    private var scope: InodeID { resolved.attributeScope(ofFirst: resolved.rows.count) }

    /// Gives an attribute a value. The caller has checked rights, names and numbers; `old` is its row so far.
    mutating func set(_ attribute: ExtendedAttribute, old: XAttrRow?, _ mutation: inout Mutation) throws(PlanInterrupt)
    {
        let own = OwnAttribute(attribute)
        try own?.check(attribute.value, isDirectory: isDirectory)
        try mark(own, attribute.value, &mutation)
        var row = XAttrRow(attribute.value)
        if attribute.namespace == .user {
            row.scope = scope
            mutation.put(AttributeKey.value(scope, attribute.name, attribute.value, inode), AttributeKey.image)
        }
        unindex(attribute, old, keeping: row, &mutation)
        mutation.put(Keys.xattr(inode, attribute.namespace, attribute.name), row.image)
        mutation.tell(
            .setXAttr, resolved, .attribute(name: attribute.fullName, old: old?.value, new: attribute.value))
    }

    /// Takes away an attribute that exists.
    mutating func remove(_ attribute: ExtendedAttribute, old: XAttrRow, _ mutation: inout Mutation) {
        if OwnAttribute(attribute) == .trace, var row = resolved.rows.last, isDirectory {
            row.trace = nil
            put(row, &mutation)
        }
        unindex(attribute, old, keeping: nil, &mutation)
        mutation.delete(Keys.xattr(inode, attribute.namespace, attribute.name))
        mutation.tell(.removeXAttr, resolved, .attribute(name: attribute.fullName, old: old.value, new: nil))
    }

    private func unindex(
        _ attribute: ExtendedAttribute, _ old: XAttrRow?, keeping new: XAttrRow?, _ mutation: inout Mutation
    ) {
        guard let old, let oldScope = old.scope, old != new else { return }
        let key = AttributeKey.value(oldScope, attribute.name, old.value, inode)
        if let new, let scope = new.scope, key == AttributeKey.value(scope, attribute.name, new.value, inode) { return }
        mutation.delete(key)
    }

    /// Has the target's own row say what it must: that there are attributes, and what hfs goes by without reading them.
    private mutating func mark(
        _ own: OwnAttribute?, _ value: [UInt8], _ mutation: inout Mutation
    ) throws(PlanInterrupt) {
        switch resolved.target {
        case .directory:
            guard let before = resolved.rows.last else { return }
            var row = before
            row.hasXAttrs = true
            if own == .trace { row.trace = TraceLevel(String(decoding: value, as: UTF8.self)) }
            if own == .artifact, value == OwnAttribute.project, !row.isProject {
                row.isProject = true
                let outer = resolved.attributeScope(ofFirst: resolved.rows.count - 1)
                row.hasScopeNotes =
                    try ScopeNotes.add(ScopeNotes.ofNewScope(inode, in: outer), root: inode, view, &mutation)
                    || row.hasScopeNotes
            }
            if row != before { put(row, &mutation) }
        case .file(_, var file):
            guard !file.hasXAttrs else { return }
            file.hasXAttrs = true
            resolved.file?.file = file
            mutation.put(file, inode, at: resolved)
        case nil: return
        }
    }

    private mutating func put(_ row: DirectoryRow, _ mutation: inout Mutation) {
        resolved.rows[resolved.rows.count - 1] = row
        mutation.put(Keys.directory(inode), row.image)
    }
}
