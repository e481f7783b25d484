package import Core

/// A feed made by hand: a namespace of paths that hands out inodes and remembers what it told.
package struct Feed {
    package private(set) var entries: [FeedEntry] = []
    package private(set) var inodes: [String: InodeID] = ["/": .root]
    package private(set) var directories: Set<String> = ["/"]
    package private(set) var content: [String: (length: UInt64, modifiedMs: Int64)] = [:]
    private var nextInode: UInt64 = 20_000
    package private(set) var lsn: UInt64 = 0
    package var run: RunID?
    package var user = "ada"

    package init() {}

    package var files: [String] { inodes.keys.filter { !directories.contains($0) }.sorted() }
    package var closedFiles: [String] { content.keys.sorted() }

    package subscript(path: String) -> InodeID { inodes[path] ?? InodeID(0) }

    package static func parent(_ path: String) -> String {
        let head = path.split(separator: "/").dropLast().joined(separator: "/")
        return "/" + head
    }

    package mutating func tell(
        _ kind: NamespaceEvent.Kind, _ inode: InodeID, _ path: String, isDirectory: Bool = false,
        _ change: NamespaceEvent.Change = .none
    ) {
        lsn += 1
        entries.append(
            FeedEntry(
                lsn: LSN(lsn), index: 0, timeMs: Int64(lsn) * 1000, user: user, run: run, address: "10.0.0.1",
                event: NamespaceEvent(
                    kind, inode: inode, parent: inodes[Self.parent(path)] ?? InodeID(0), path: path,
                    isDirectory: isDirectory, change: change)))
    }

    package mutating func mkdir(_ path: String) {
        guard inodes[path] == nil else { return }
        if path != "/" { mkdir(Self.parent(path)) }
        nextInode += 1
        inodes[path] = InodeID(nextInode)
        directories.insert(path)
        tell(.mkdir, InodeID(nextInode), path, isDirectory: true)
    }

    package mutating func create(_ path: String) {
        mkdir(Self.parent(path))
        if inodes[path] != nil { delete(path) }
        nextInode += 1
        inodes[path] = InodeID(nextInode)
        tell(.create, InodeID(nextInode), path)
    }

    package mutating func close(_ path: String) {
        content[path] = (lsn * 10, Int64(lsn + 1) * 1000)
        tell(.close, self[path], path, seen(path))
    }

    package mutating func write(_ path: String) {
        create(path)
        close(path)
    }

    package func seen(_ path: String) -> NamespaceEvent.Change {
        guard let now = content[path] else { return .none }
        return .content(length: now.length, modifiedMs: now.modifiedMs, checksum: nil)
    }

    package mutating func read(_ path: String, _ change: NamespaceEvent.Change? = nil) {
        tell(.read, self[path], path, change ?? seen(path))
    }

    /// The run asks where the bytes are.
    package mutating func open(_ path: String) { tell(.opened, self[path], path, seen(path)) }

    package mutating func delete(_ path: String) {
        tell(.delete, self[path], path, isDirectory: directories.contains(path))
        for below in inodes.keys where below == path || below.hasPrefix(path + "/") { forget(below) }
    }

    package mutating func rename(_ from: String, _ to: String) {
        if inodes[to] != nil { delete(to) }
        tell(
            .rename, self[from], from, isDirectory: directories.contains(from),
            .moved(parent: self[Self.parent(to)], path: to))
        for old in inodes.keys where old == from || old.hasPrefix(from + "/") {
            let new = to + old.dropFirst(from.count)
            inodes[new] = inodes[old]
            if directories.contains(old) { directories.insert(new) }
            content[new] = content[old]
            forget(old)
        }
    }

    package mutating func mark(_ path: String, _ kind: String) {
        tell(
            .setXAttr, self[path], path, isDirectory: directories.contains(path),
            .attribute(name: "user.hfs.artifact", old: nil, new: Array(kind.utf8)))
    }

    private mutating func forget(_ path: String) {
        inodes[path] = nil
        directories.remove(path)
        content[path] = nil
    }
}
