import Core
import MetaStore

/// Gives a finished directory its published name: it becomes the next version below `target`, sealed, with its attributes and
/// its event, in one mutation.
///
/// The version is one above the last that this target gave out, also after deletions, and above any name that is taken. A
/// directory in which somebody writes a file is refused; that is looked up among the open files of the whole cluster, so its
/// cost does not depend on the size of what is published.
struct Publish: NamespaceOperation {
    var caller: Caller
    var staging: FilePath
    var target: FilePath
    var attributes: [ExtendedAttribute]

    /// Names in the way that are passed over.
    private static let takenMax: UInt64 = 1000

    func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Planned<Answer> {
        try checkAttributes()
        let from = try view.resolve(staging, rows: true)
        let to = try view.resolve(target, rows: true)
        let inode = try checkPaths(from, to, view)
        try refuseOpenFiles(inode, from, view)
        var mutation = Mutation()
        let mode = FileMode((to.rows[min(to.rows.count, to.path.count) - 1].mode.bits) & 0o777 | 0o300)
        var place = try DirectoryMaker(caller: caller, mode: mode, unmasked: nil).make(
            to, upTo: to.path.count, view, &inputs, &mutation)
        let version = try takeVersion(&place, isNew: to.isMissing, view, &mutation)
        place.path = place.path.appending(FileName(checkedUTF8: Array(String(version).utf8)))
        guard
            var row = try Move.plan(
                from, place, .directory(inode), view, nowMs: inputs.nowMs, event: .publish, &mutation)
        else { throw refusal(.corruptMetadata, "directory \(inode) has no row") }
        row.isSealed = true
        mutation.put(Keys.directory(inode), row.image)
        place.directories.append(inode)
        place.rows.append(row)
        try setAttributes(place, inode, view, &mutation)
        return Planned(mutation, Answer(.published(path: place.path.description, version: version)))
    }

    private func checkAttributes() throws(PlanInterrupt) {
        for (index, attribute) in attributes.enumerated() {
            try XAttrRules.checkForm(attribute)
            try XAttrRules.requireOpen(attribute, to: caller)
            if attributes[..<index].contains(where: { $0.fullName == attribute.fullName }) {
                throw refusal(.invalidArgument, "\(attribute.fullName) is given twice")
            }
        }
    }

    private func checkPaths(
        _ from: ResolvedPath, _ to: ResolvedPath, _ view: any MetadataView
    ) throws(PlanInterrupt) -> InodeID {
        // Sealing is the owner's, as is what the mode says.
        try checker(view).check(from, parent: .write, owner: true)
        guard case .directory(let inode)? = from.target else {
            throw from.isMissing
                ? refusal(.fileNotFound, "Directory does not exist: \(staging)")
                : refusal(.pathNotADirectory, "`\(staging)': Is not a directory")
        }
        guard !from.path.isRoot, !to.path.isRoot else { throw refusal(.invalidArgument, "/ cannot be published") }
        guard from.rows.last?.isSealed != true else { throw refusal(.alreadyExists, "\(staging) is published already") }
        guard !from.path.contains(to.path) else {
            throw refusal(.invalidArgument, "\(target) lies in \(staging), which is to be published")
        }
        switch to.target {
        case .file: throw refusal(.pathNotADirectory, "`\(target)': Is not a directory")
        case .directory: try checker(view).check(to, access: .write)
        case nil: try checker(view).check(to, ancestor: .write)
        }
        return inode
    }

    private func refuseOpenFiles(
        _ inode: InodeID, _ from: ResolvedPath, _ view: any MetadataView
    ) throws(PlanInterrupt) {
        guard try view.counter(inode.rawValue).files > 0 else { return }
        let leases = try ShardScan(table: .lease).run(view)
        let isBelow = try view.gather(leases) { (lease, view) throws(PlanInterrupt) in
            try view.lies(lease.inode, below: inode)
        }
        guard let index = isBelow.firstIndex(of: true) else { return }
        let lease = leases[index]
        let holder = try refusing { () throws(HFSError) in try LeaseRow(image: lease.image).holder }
        let path = try view.path(of: lease.inode)?.description ?? "\(lease.inode)"
        throw refusal(.alreadyBeingCreated, "\(staging) cannot be published: \(holder) writes \(path)")
    }

    /// The next version, written into the target's row. `place` is the target.
    private func takeVersion(
        _ place: inout ResolvedPath, isNew: Bool, _ view: any MetadataView, _ mutation: inout Mutation
    ) throws(PlanInterrupt) -> UInt64 {
        let last = place.rows.count - 1
        let parent = place.directories[last]
        var version = place.rows[last].publishedVersion + 1
        let first = version
        while !isNew, try view.dentry(parent, FileName(checkedUTF8: Array(String(version).utf8))) != nil {
            version += 1
            guard version - first < Self.takenMax else {
                throw refusal(.alreadyExists, "\(target) has entries named \(first) to \(version - 1) already")
            }
        }
        place.rows[last].publishedVersion = version
        mutation.put(Keys.directory(parent), place.rows[last].image)
        return version
    }

    private func setAttributes(
        _ place: ResolvedPath, _ inode: InodeID, _ view: any MetadataView, _ mutation: inout Mutation
    ) throws(PlanInterrupt) {
        var wanted = attributes
        let artifact = ExtendedAttribute(
            namespace: .user, name: OwnAttribute.artifact.rawValue, value: ArtifactPlaces.kind(of: place.path) ?? [])
        if !artifact.value.isEmpty, !wanted.contains(where: { $0.fullName == artifact.fullName }),
            try view.xattr(inode, artifact.namespace, artifact.name) == nil
        {
            wanted.append(artifact)
        }
        var change = AttributeChange(place, inode, view)
        var new: [ExtendedAttribute] = []
        for attribute in wanted {
            let old = try view.xattr(inode, attribute.namespace, attribute.name)
            if old == nil { new.append(attribute) }
            try change.set(attribute, old: old, &mutation)
        }
        try XAttrRules.checkCount(inode, adding: new, view)
    }
}
