import Core
import MetaStore

/// Names of the extended attributes that the caller may see (HDFS `listXAttrs`): execute on the directory that holds it.
struct ListXAttrs: NamespaceRead {
    var caller: Caller
    var path: FilePath

    func run(_ view: any MetadataView) throws(PlanInterrupt) -> [ExtendedAttribute] {
        let resolved = try resolve(path, view)
        try checker(view).check(resolved, parent: .execute)
        guard let target = resolved.target else { throw refusal(.fileNotFound, "File does not exist: \(path)") }
        return try XAttrRules.visible(target.inode, to: caller, view)
    }
}
