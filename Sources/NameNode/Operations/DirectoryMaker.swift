import Core
import MetaStore

/// Makes the missing directories of a path, for mkdirs and create.
struct DirectoryMaker {
    var caller: Caller
    var mode: FileMode
    var unmasked: FileMode?

    /// The path with every directory up to component `depth` present, as it will be when `mutation` is applied.
    ///
    /// Directories above the last one get u+wx, so that their maker can go on (HDFS `addImplicitUwx`).
    func make(
        _ resolved: ResolvedPath, upTo depth: Int, _ view: any MetadataView, _ inputs: inout PlanInputs,
        _ mutation: inout Mutation
    ) throws(PlanInterrupt) -> ResolvedPath {
        var result = resolved
        let components = resolved.path.components
        let first = resolved.directories.count - 1
        if resolved.isBelowFile {
            throw refusal(
                .alreadyExists, "Parent path is not a directory: \(resolved.prefix(first + 1)) \(components[first + 1])"
            )
        }
        guard first < depth else { return result }
        try refusing { () throws(HFSError) in try PathRules.checkNewNames(resolved.path, from: first) }
        let added = Counter(directories: Int64(depth - first))
        try Quota.check(result, added, view)
        for index in first..<depth {
            let isLast = index == components.count - 1
            let extra: UInt16 = isLast ? 0 : 0o300
            let parent = result.directories[index]
            let inode = inputs.ids.takeDirectory()
            let inherited = try InheritedAcl(
                parent: parent, result.rows[index], mode: FileMode(mode.bits | extra),
                unmasked: unmasked.map { FileMode($0.bits | extra) }, isDirectory: true, view, mutation)
            var row = DirectoryRow(
                owner: caller.user, group: result.rows[index].group, mode: inherited.mode, modifiedMs: inputs.nowMs,
                modifiedBaseMs: inputs.nowMs, hasACL: inherited.row != nil)
            if index == 1, components[0] == ReservedNames.projects {
                row.isProject = true
                let note = ScopeNotes.Note(scope: result.attributeScope(ofFirst: 2), source: inode)
                row.hasScopeNotes = try ScopeNotes.add([note], root: inode, isNew: true, view, &mutation)
                row.hasXAttrs = row.hasScopeNotes
            }
            mutation.put(Keys.dentry(parent, components[index]), DentryRow(directory: inode).image)
            mutation.put(Keys.locator(inode), LocatorRow(parent: parent, name: components[index]).image)
            mutation.put(Keys.directory(inode), row.image)
            if let acl = inherited.row { mutation.put(Keys.acl(inode), acl.image) }
            Quota.count(
                Counter(directories: 1), in: result.directories, children: 1, nowMs: inputs.nowMs, &mutation)
            mutation.events.append(
                NamespaceEvent(
                    .mkdir, inode: inode, parent: parent, path: resolved.prefix(index + 1), isDirectory: true))
            result.directories.append(inode)
            result.rows.append(row)
        }
        return result
    }
}
