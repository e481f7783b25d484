import Core
import MetaStore

/// Which of these inodes the caller may see: may execute every directory above and list the one that holds it.
struct CheckVisible: NamespaceRead {
    enum Visibility: Hashable, Sendable { case visible, hidden, missing }

    var caller: Caller
    var inodes: [InodeID]

    func run(_ view: any MetadataView) throws(PlanInterrupt) -> [Visibility] {
        let checker = checker(view)
        var walk = AncestorWalk(base: .root, checker)
        return try view.gather(inodes) { (inode, view) throws(PlanInterrupt) in
            guard inode != .root else { return .visible }
            guard let locator = try view.locator(inode), let parent = try walk.directory(locator.parent) else {
                return .missing
            }
            guard parent.mayTraverse else { return .hidden }
            let row = try view.requireDirectory(locator.parent)
            return try checker.allows(locator.parent, row, .read) ? .visible : .hidden
        }
    }
}
