import Core
import MetaStore

/// The common end of both renames: one entry leaves, one comes, whatever hangs below.
enum Move {
    /// `to` must be missing with an existing parent, or be freed by `mutation` already. Gives a directory's row as it will be.
    @discardableResult
    static func plan(
        _ from: ResolvedPath, _ to: ResolvedPath, _ target: ResolvedPath.Target, _ view: any MetadataView, nowMs: Int64,
        replaced: Counter = Counter(), event: NamespaceEvent.Kind = .rename, _ mutation: inout Mutation
    ) throws(PlanInterrupt) -> DirectoryRow? {
        guard let oldParent = from.ancestors.last, let oldName = from.path.name, let newParent = to.ancestors.last,
            let newName = to.path.name
        else { throw refusal(.io, "rename of the root") }
        let depth = to.path.count - 1
        try refusing { () throws(HFSError) in try PathRules.checkNewNames(to.path, from: depth) }
        let moved = try size(target, view)
        let common = zip(from.ancestors, to.ancestors).prefix { $0 == $1 }.count
        var added = moved
        added.add(-replaced)
        try Quota.check(to, added, view, skip: common)
        mutation.delete(Keys.dentry(oldParent, oldName))
        mutation.put(Keys.locator(target.inode), LocatorRow(parent: newParent, name: newName).image)
        var row: DirectoryRow?
        switch target {
        case .directory(let inode):
            mutation.put(Keys.dentry(newParent, newName), DentryRow(directory: inode).image)
            row = try ScopeMove(from, to, view).directory(
                inode, isEmpty: moved.files + moved.directories == 1, &mutation)
        case .file(let inode, let file):
            mutation.put(Keys.dentry(newParent, newName), DentryRow(file: inode, file).image)
            try ScopeMove(from, to, view).file(inode, file, &mutation)
        }
        if oldParent == newParent {
            mutation.add(oldParent.rawValue, Counter(modifiedMs: nowMs))
        } else {
            leave(from.ancestors, moved, skip: common, nowMs: nowMs, &mutation)
            enter(to.ancestors, moved, skip: common, nowMs: nowMs, &mutation)
        }
        mutation.tell(event, from, .moved(parent: newParent, path: to.path.description))
        return row
    }

    /// What a subtree counts, its root included.
    static func size(_ target: ResolvedPath.Target, _ view: any MetadataView) throws(PlanInterrupt) -> Counter {
        switch target {
        case .file(_, let file):
            return Counter(files: 1, length: Int64(file.length), space: file.space)
        case .directory(let inode):
            var counter = try view.counter(inode.rawValue)
            counter.directories += 1
            counter.children = 0
            counter.modifiedMs = 0
            return counter
        }
    }

    private static func leave(
        _ ancestors: ArraySlice<InodeID>, _ moved: Counter, skip: Int, nowMs: Int64, _ mutation: inout Mutation
    ) {
        change(ancestors, -moved, skip: skip, children: -1, nowMs: nowMs, &mutation)
    }

    private static func enter(
        _ ancestors: ArraySlice<InodeID>, _ moved: Counter, skip: Int, nowMs: Int64, _ mutation: inout Mutation
    ) {
        change(ancestors, moved, skip: skip, children: 1, nowMs: nowMs, &mutation)
    }

    /// The directories that both sides share keep their totals; a parent among them still gains or loses a child.
    private static func change(
        _ ancestors: ArraySlice<InodeID>, _ delta: Counter, skip: Int, children: Int64, nowMs: Int64,
        _ mutation: inout Mutation
    ) {
        let own = ancestors.dropFirst(skip)
        if own.isEmpty {
            Quota.count(Counter(), in: ancestors.suffix(1), children: children, nowMs: nowMs, &mutation)
        } else {
            Quota.count(delta, in: own, children: children, nowMs: nowMs, &mutation)
        }
    }
}
