import Core
import MetaStore

/// Removes an extended attribute (HDFS `removeXAttr`).
struct RemoveXAttr: NamespaceOperation {
    var caller: Caller
    var path: FilePath
    /// Its value does not count.
    var attribute: ExtendedAttribute

    func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Planned<Answer> {
        try XAttrRules.requireOpen(attribute, to: caller)
        let resolved = try view.resolve(path, rows: true)
        try XAttrRules.checkChange(attribute, resolved, checker(view))
        guard let target = resolved.target else { throw refusal(.fileNotFound, "File does not exist: \(path)") }
        guard let old = try view.xattr(target.inode, attribute.namespace, attribute.name) else {
            throw refusal(.xattrNotFound, "No matching attributes found for remove operation")
        }
        var mutation = Mutation()
        var change = AttributeChange(resolved, target.inode, view)
        change.remove(attribute, old: old, &mutation)
        return Planned(mutation, Answer(.empty))
    }
}
