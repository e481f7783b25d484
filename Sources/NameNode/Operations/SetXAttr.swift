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
        try checkAttribute()
        let resolved = try view.resolve(path, rows: true)
        try XAttrRules.checkChange(attribute, resolved, checker(view))
        guard let target = resolved.target else { throw refusal(.fileNotFound, "File does not exist: \(path)") }
        let old = try view.xattr(target.inode, attribute.namespace, attribute.name)
        let exists = old != nil
        let name = attribute.name
        if exists, !mayReplace {
            throw refusal(.io, "XAttr: \(name) already exists. The REPLACE flag must be specified.")
        }
        if !exists {
            guard mayCreate else {
                throw refusal(.io, "XAttr: \(name) does not exist. The CREATE flag must be specified.")
            }
            let held = try view.scan(.xattr, target.inode.rawValue, after: nil, limit: Limits.xattrsPerInodeMax)
            guard held.count < Limits.xattrsPerInodeMax else {
                throw refusal(
                    .io, "Cannot add additional XAttr to inode, would exceed limit of \(Limits.xattrsPerInodeMax)")
            }
        }
        var mutation = Mutation()
        mutation.put(Keys.xattr(target.inode, attribute.namespace, name), XAttrRow(attribute.value).image)
        let told = NamespaceEvent.Change.attribute(
            name: XAttrRules.fullName(attribute), old: old?.value, new: attribute.value)
        if Self.isMarked(resolved) {
            mutation.tell(.setXAttr, resolved, told)
        } else {
            try mutation.change(
                resolved, missing: path, .setXAttr, told: told, directory: { $0.hasXAttrs = true },
                file: { $0.hasXAttrs = true })
        }
        return Planned(mutation, Answer(.empty))
    }

    /// The target's own row says already that it has attributes.
    private static func isMarked(_ resolved: ResolvedPath) -> Bool {
        switch resolved.target {
        case .file(_, let file): file.hasXAttrs
        case .directory: resolved.rows.last?.hasXAttrs == true
        case nil: false
        }
    }

    private func checkAttribute() throws(PlanInterrupt) {
        guard !attribute.name.isEmpty, attribute.name.utf8.count <= Limits.nameBytesMax else {
            throw refusal(.invalidArgument, "XAttr name must have 1 to \(Limits.nameBytesMax) bytes.")
        }
        guard mayCreate || mayReplace else { throw refusal(.invalidArgument, "A flag must be specified.") }
        let size = attribute.name.utf8.count + attribute.value.count
        guard size <= Limits.xattrBytesMax else {
            throw refusal(
                .invalidArgument,
                "The XAttr is too big. The maximum combined size of the name and value is \(Limits.xattrBytesMax), but "
                    + "the total size is \(size)")
        }
        try XAttrRules.requireOpen(attribute, to: caller)
    }
}
