import Core
import MetaStore

/// Sets or removes an attribute when it has the value that the caller knows; else says what is there. One mutation, so of
/// several who try with the same knowledge one succeeds.
struct CompareAndSetAttribute: NamespaceOperation {
    var caller: Caller
    var path: FilePath
    /// Its value does not count.
    var attribute: ExtendedAttribute
    /// nil: the attribute must not exist.
    var old: [UInt8]?
    /// nil removes it.
    var new: [UInt8]?

    func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Planned<Answer> {
        var wanted = attribute
        wanted.value = new ?? []
        if new != nil { try XAttrRules.checkForm(wanted) }
        try XAttrRules.requireOpen(attribute, to: caller)
        let resolved = try view.resolve(path, rows: true)
        // The answer tells what is there, so it takes the right to read as well.
        try checker(view).check(resolved, access: .read)
        try XAttrRules.checkChange(attribute, resolved, checker(view))
        guard let target = resolved.target else { throw refusal(.fileNotFound, "File does not exist: \(path)") }
        let row = try view.xattr(target.inode, attribute.namespace, attribute.name)
        guard row?.value == old else { return .unchanged(.compared(isSet: false, current: row?.value)) }
        var mutation = Mutation()
        var change = AttributeChange(resolved, target.inode, view)
        if new != nil {
            if row == nil { try XAttrRules.checkCount(target.inode, adding: [wanted], view) }
            try change.set(wanted, old: row, &mutation)
        } else if let row {
            change.remove(attribute, old: row, &mutation)
        }
        return Planned(mutation, Answer(.compared(isSet: true, current: nil)))
    }
}
