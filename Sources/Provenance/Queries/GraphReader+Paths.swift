import Core
import Lineage

/// From a path to what the graph knows there.
extension GraphReader {
    /// How many entries below a plain directory stand for it.
    static var belowMax: Int { 10_000 }

    /// The entry at a path: what is there, else what was there last.
    mutating func entry(at path: String) throws -> EntryRow {
        let whole = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        var head = whole
        while true {
            let rooted = try all(
                "\(EntryRow.select) WHERE parent = 0 AND name = ? ORDER BY deleted_lsn = 0 DESC, deleted_lsn DESC",
                [head], EntryRow.init)
            for row in rooted {
                let rest = whole.dropFirst(head == "/" ? 0 : head.count).split(separator: "/")
                if let found = try descend(row, rest[...]) { return found }
            }
            guard head != "/" else {
                throw Self.unknown(path)
            }
            let slash = head.lastIndex(of: "/") ?? head.startIndex
            head = slash == head.startIndex ? "/" : String(head[..<slash])
        }
    }

    /// What is answered for a path that nothing was told of, and for one that the caller may not know of.
    static func unknown(_ path: String) -> HFSError { HFSError(.fileNotFound, "Nothing is known of \(path)") }

    /// What lies under `names` below an entry: of several holders of a name the live one first, then the newest.
    private mutating func descend(_ row: EntryRow, _ names: ArraySlice<Substring>) throws -> EntryRow? {
        guard let name = names.first else { return row }
        let holders = try all(
            """
            \(EntryRow.select) WHERE parent = ? AND name = ? \
            ORDER BY deleted_lsn = 0 DESC, deleted_lsn DESC, inode DESC LIMIT 16
            """, [column(row.inode.rawValue), String(name)], EntryRow.init)
        for holder in holders {
            if let found = try descend(holder, names.dropFirst()) { return found }
        }
        return nil
    }

    /// The current nodes that an entry stands for: its artifact, itself, or for a directory without content of its own all
    /// that it holds.
    mutating func nodes(of row: EntryRow) throws -> [ArtifactVersion] {
        if !row.isDirectory {
            let owner = try version(row.current)?.owner
            // As it is now: the artifact may have changed since the file was written.
            if let owner, try deletion(row.inode) == nil, let whole = try entry(owner.inode) { return [whole.current] }
            return [owner ?? row.current]
        }
        let isArtifact = try kind(row)?.ownsContent == true
        if isArtifact, row.version > 0 { return [row.current] }
        var found: [ArtifactVersion] = []
        var seen: Set<ArtifactVersion> = []
        var pending = [row.inode]
        var left = Self.belowMax
        let isGone = try deletion(row.inode) != nil
        while let next = pending.popLast(), left > 0 {
            let below = try all(
                "\(EntryRow.select) WHERE parent = ? ORDER BY inode LIMIT ?", [column(next.rawValue), Int64(left)],
                EntryRow.init)
            for child in below where isGone || !child.isDeleted {
                left -= 1
                guard child.isDirectory, try kind(child)?.ownsContent != true else {
                    for node in try nodes(of: child) where seen.insert(node).inserted { found.append(node) }
                    continue
                }
                pending.append(child.inode)
            }
        }
        if left <= 0 { isCut = true }
        return found.isEmpty && isArtifact ? [row.current] : found
    }

    /// Every version of what an entry stands for, and of what that replaced.
    mutating func everyVersion(of row: EntryRow) throws -> [ArtifactVersion] {
        var result: [ArtifactVersion] = []
        for holder in try holders(row) {
            for node in try nodes(of: holder) {
                let known = try all(
                    """
                    SELECT coalesce(owner_inode, inode), coalesce(owner_version, version) FROM version \
                    WHERE inode = ? ORDER BY version
                    """, [column(node.inode.rawValue)]
                ) { artifactVersion($0, 0) }
                result += known.isEmpty ? [node] : known
            }
        }
        return result
    }

    /// The entry and what it replaced, newest first.
    mutating func holders(_ row: EntryRow) throws -> [EntryRow] {
        var result = [row]
        var seen: Set<InodeID> = [row.inode]
        while let old = result.last?.replaces, seen.insert(old).inserted, let next = try entry(old) {
            result.append(next)
        }
        return result
    }
}
