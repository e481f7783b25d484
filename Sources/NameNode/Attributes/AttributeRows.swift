import Core
import MetaStore

/// All attributes of one inode at once: what an unlinked one leaves, and what a file takes along.
enum AttributeRows {
    /// Removes the rows, those of the index and the notes included.
    static func free(_ inode: InodeID, _ view: any MetadataView, _ mutation: inout Mutation) throws(PlanInterrupt) {
        for (attribute, row) in try all(inode, view) {
            mutation.delete(Keys.xattr(inode, attribute.namespace, attribute.name))
            if let scope = row.scope {
                mutation.delete(AttributeKey.value(scope, attribute.name, row.value, inode))
            } else if attribute.namespace == ScopeNotes.attribute.namespace,
                attribute.name == ScopeNotes.attribute.name
            {
                ScopeNotes.free(row.value, root: inode, &mutation)
            }
        }
    }

    /// Has another scope's index keep the attributes.
    static func move(
        _ inode: InodeID, to scope: InodeID, _ view: any MetadataView, _ mutation: inout Mutation
    ) throws(PlanInterrupt) {
        for (attribute, row) in try all(inode, view) {
            guard let old = row.scope, old != scope else { continue }
            mutation.delete(AttributeKey.value(old, attribute.name, row.value, inode))
            mutation.put(AttributeKey.value(scope, attribute.name, row.value, inode), AttributeKey.image)
            mutation.put(
                Keys.xattr(inode, attribute.namespace, attribute.name), XAttrRow(row.value, scope: scope).image)
        }
    }

    /// Every attribute with its row, in the order of namespace and name; values are in the attributes, too.
    static func all(
        _ inode: InodeID, _ view: any MetadataView
    ) throws(PlanInterrupt) -> [(attribute: ExtendedAttribute, row: XAttrRow)] {
        var found: [(attribute: ExtendedAttribute, row: XAttrRow)] = []
        for scanned in try view.scan(.xattr, inode.rawValue, after: nil, limit: Limits.xattrRowsMax) {
            let row = try refusing { () throws(HFSError) in try XAttrRow(image: scanned.image) }
            guard let first = scanned.sub.first, let namespace = ExtendedAttribute.Namespace(rawValue: first) else {
                throw refusal(.corruptMetadata, "an attribute of inode \(inode) has the namespace \(scanned.sub)")
            }
            let name = String(decoding: scanned.sub.dropFirst(), as: UTF8.self)
            found.append((ExtendedAttribute(namespace: namespace, name: name, value: row.value), row))
        }
        return found
    }
}
