import Core
import MetaStore

/// Sets an extended attribute (HDFS `setXAttr`).
struct SetXAttr: NamespaceOperation {
    var caller: Caller
    var path: FilePath
    var attribute: ExtendedAttribute
    var mayCreate: Bool
    var mayReplace: Bool

    func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Planned<Answer> {
        guard mayCreate || mayReplace else { throw refusal(.invalidArgument, "A flag must be specified.") }
        try XAttrRules.checkForm(attribute)
        try XAttrRules.requireOpen(attribute, to: caller)
        let resolved = try view.resolve(path, rows: true)
        try XAttrRules.checkChange(attribute, resolved, checker(view))
        guard let target = resolved.target else { throw refusal(.fileNotFound, "File does not exist: \(path)") }
        let old = try view.xattr(target.inode, attribute.namespace, attribute.name)
        if old == nil {
            guard mayCreate else {
                throw refusal(
                    .io, "XAttr: \(attribute.name) does not exist. The CREATE flag must be specified.")
            }
            try XAttrRules.checkCount(target.inode, adding: [attribute], view)
        } else if !mayReplace {
            throw refusal(.io, "XAttr: \(attribute.name) already exists. The REPLACE flag must be specified.")
        }
        var mutation = Mutation()
        var change = AttributeChange(resolved, target.inode, view)
        try change.set(attribute, old: old, &mutation)
        return Planned(mutation, Answer(.empty))
    }
}
