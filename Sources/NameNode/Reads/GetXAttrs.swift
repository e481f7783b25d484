import Core
import MetaStore

/// Values of extended attributes (HDFS `getXAttrs`): those asked for, or all that the caller may see.
struct GetXAttrs: NamespaceRead {
    var caller: Caller
    var path: FilePath
    var wanted: [ExtendedAttribute]

    func run(_ view: any MetadataView) throws(PlanInterrupt) -> [ExtendedAttribute] {
        for attribute in wanted { try XAttrRules.requireOpen(attribute, to: caller) }
        let resolved = try resolve(path, view)
        try checker(view).check(resolved, access: .read)
        guard let target = resolved.target else { throw refusal(.fileNotFound, "File does not exist: \(path)") }
        guard !wanted.isEmpty else { return try XAttrRules.visible(target.inode, to: caller, view) }
        return try view.gather(wanted) { (attribute, view) throws(PlanInterrupt) in
            guard let row = try view.xattr(target.inode, attribute.namespace, attribute.name) else {
                throw refusal(.xattrNotFound, "At least one of the attributes provided was not found.")
            }
            return ExtendedAttribute(namespace: attribute.namespace, name: attribute.name, value: row.value)
        }
    }
}
