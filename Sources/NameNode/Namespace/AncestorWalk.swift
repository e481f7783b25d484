import Core
import MetaStore

/// Where entries lie and whether the caller gets there, for many of them: each directory on the way is looked at once.
struct AncestorWalk {
    struct Directory {
        var parent: InodeID
        /// nil for the root.
        var name: FileName?
        /// It is the base or lies below it.
        var isWithin: Bool
        /// The caller may execute it and every directory above.
        var mayTraverse: Bool
    }

    let base: InodeID
    private let checker: PermissionChecker
    private var known: [InodeID: Directory?] = [:]

    init(base: InodeID, _ checker: PermissionChecker) {
        self.base = base
        self.checker = checker
    }

    private var view: any MetadataView { checker.view }

    /// nil for what does not exist or lies in an unlinked subtree.
    mutating func directory(_ inode: InodeID) throws(PlanInterrupt) -> Directory? {
        if let found = known[inode] { return found }
        let directory = try look(inode)
        known[inode] = .some(directory)
        return directory
    }

    private mutating func look(_ inode: InodeID) throws(PlanInterrupt) -> Directory? {
        guard inode != .root else {
            return Directory(
                parent: .root, name: nil, isWithin: base == .root, mayTraverse: try isExecutable(.root))
        }
        guard let locator = try view.locator(inode), let above = try directory(locator.parent) else { return nil }
        let mayTraverse = above.mayTraverse ? try isExecutable(inode) : false
        return Directory(
            parent: locator.parent, name: locator.name, isWithin: above.isWithin || inode == base,
            mayTraverse: mayTraverse)
    }

    /// Whether a directory at or below the base is one that the caller gets to, to look at it or at what lies below.
    mutating func mayShow(_ inode: InodeID) throws(PlanInterrupt) -> Bool {
        guard let directory = try directory(inode), directory.isWithin else { return false }
        if directory.mayTraverse { return true }
        guard try self.directory(directory.parent)?.mayTraverse == true else { return false }
        return try checker.allows(inode, try view.requireDirectory(inode), .read)
    }

    private func isExecutable(_ inode: InodeID) throws(PlanInterrupt) -> Bool {
        guard !checker.caller.isSuperuser else { return true }
        return try checker.allows(inode, try view.requireDirectory(inode), .execute)
    }

    /// The path of an entry of a directory that was looked at.
    func path(of name: FileName, in parent: InodeID) -> FilePath {
        var names = [name]
        var current = parent
        while let directory = known[current] ?? nil, let name = directory.name {
            names.append(name)
            current = directory.parent
        }
        return FilePath(components: names.reversed())
    }
}
