import Core
import MetaStore

/// Walks of the directory tree over any view.
extension MetadataView {
    /// Walks `path` down from the root. `rows` loads the attributes of the directories on the way.
    ///
    /// `/.reserved/.inodes/<id>/...` starts at that inode and `/.reserved/raw/...` at the root, as in HDFS; an id that names
    /// nothing is `.fileNotFound`. One lookup a component, two with `rows`.
    func resolve(_ path: FilePath, rows: Bool) throws(PlanInterrupt) -> ResolvedPath {
        if ReservedNames.begin(path) { return try resolve(try expand(path), rows: rows) }
        var resolved = ResolvedPath(path: path, directories: [.root], rows: [], file: nil)
        resolved.directories.reserveCapacity(path.count + 1)
        if rows {
            resolved.rows.reserveCapacity(path.count + 1)
            resolved.rows.append(try requireDirectory(.root))
        }
        try path.utf8.withUnsafeBufferPointer { (utf8) throws(PlanInterrupt) in
            var names = PathNames(utf8)
            var parent = InodeID.root
            while let name = names.next(), let entry = try dentry(parent, name) {
                guard entry.isDirectory else {
                    resolved.file = entry
                    break
                }
                parent = entry.inode
                resolved.directories.append(parent)
                if rows { resolved.rows.append(try requireDirectory(parent)) }
            }
        }
        return resolved
    }

    /// The file or directory `inode` with its ancestors; nil when it does not exist or lies in an unlinked subtree.
    func resolve(inode: InodeID, rows: Bool) throws(PlanInterrupt) -> ResolvedPath? {
        guard let path = try path(of: inode) else { return nil }
        let resolved = try resolve(path, rows: rows)
        return resolved.target?.inode == inode ? resolved : nil
    }

    /// The file that a writer means: by `inode` when it says one, so that a rename does not break the write; else by path.
    func resolveFile(_ path: FilePath, inode: InodeID?) throws(PlanInterrupt) -> ResolvedPath? {
        let resolved = try resolve(path, rows: true)
        guard let inode, resolved.target?.inode != inode else { return resolved }
        return try resolve(inode: inode, rows: true)
    }

    /// Follows locators up to the root; nil when the chain breaks, as it does below an unlinked directory.
    func path(of inode: InodeID) throws(PlanInterrupt) -> FilePath? {
        var names: [FileName] = []
        var current = inode
        while current != .root {
            guard names.count <= Limits.pathDepthMax, let locator = try locator(current) else { return nil }
            names.append(locator.name)
            current = locator.parent
        }
        return FilePath(components: names.reversed())
    }

    /// Whether `inode` is `base` or lies below it.
    func lies(_ inode: InodeID, below base: InodeID) throws(PlanInterrupt) -> Bool {
        var current = inode
        for _ in 0...Limits.pathDepthMax {
            if current == base { return true }
            guard current != .root, let locator = try locator(current) else { return false }
            current = locator.parent
        }
        return false
    }

    /// The attributes of a directory that an entry names: their absence is damage.
    func requireDirectory(_ inode: InodeID) throws(PlanInterrupt) -> DirectoryRow {
        guard let row = try directory(inode) else {
            throw .refused(HFSError(.corruptMetadata, "directory \(inode) has no row"))
        }
        return row
    }

    private func expand(_ path: FilePath) throws(PlanInterrupt) -> FilePath {
        let components = path.components
        if components[1] == ReservedNames.raw { return FilePath(components: components.dropFirst(2)) }
        guard components.count >= 3, let id = UInt64(components[2].description),
            let start = try self.path(of: InodeID(id))
        else {
            throw .refused(HFSError(.fileNotFound, "File for given inode path does not exist: \(path)"))
        }
        return FilePath(components: start.components + components.dropFirst(3))
    }
}

/// Names with a meaning of their own.
enum ReservedNames {
    static let reserved = FileName(checkedUTF8: Array(".reserved".utf8))
    static let inodes = FileName(checkedUTF8: Array(".inodes".utf8))
    static let raw = FileName(checkedUTF8: Array("raw".utf8))
    static let projects = FileName(checkedUTF8: Array("Projects".utf8))
    static let snapshot = FileName(checkedUTF8: Array(".snapshot".utf8))

    /// Whether a path stands for another one: below `/.reserved/.inodes` or `/.reserved/raw`.
    static func begin(_ path: FilePath) -> Bool {
        guard path.count >= 2, path.utf8[1] == UInt8(ascii: ".") else { return false }
        let second = path.component(1)
        return path.component(0) == reserved && (second == inodes || second == raw)
    }
}
