import Core
import MetaStore

/// Which of these inodes the caller may see: may execute every directory above and list the one that holds it. Of
/// `directories`, in which the caller could see what lies there. The answer is in that order.
struct CheckVisible: NamespaceRead {
    enum Visibility: Hashable, Sendable { case visible, hidden, missing }

    var caller: Caller
    var inodes: [InodeID]
    var directories: [InodeID] = []

    func run(_ view: any MetadataView) throws(PlanInterrupt) -> [Visibility] {
        let checker = checker(view)
        var walk = AncestorWalk(base: .root, checker)
        let seen: [Visibility] = try view.gather(inodes) { (inode, view) throws(PlanInterrupt) in
            guard inode != .root else { return .visible }
            guard let locator = try view.locator(inode) else { return .missing }
            return try inside(locator.parent, &walk, checker, view)
        }
        return try seen
            + view.gather(directories) { (directory, view) throws(PlanInterrupt) in
                try inside(directory, &walk, checker, view)
            }
    }

    private func inside(
        _ directory: InodeID, _ walk: inout AncestorWalk, _ checker: PermissionChecker, _ view: any MetadataView
    ) throws(PlanInterrupt) -> Visibility {
        guard let found = try walk.directory(directory) else { return .missing }
        guard found.mayTraverse else { return .hidden }
        return try checker.allows(directory, try view.requireDirectory(directory), .read) ? .visible : .hidden
    }
}
