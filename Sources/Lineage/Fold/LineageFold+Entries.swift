import Core

/// Entries come, move and go.
extension LineageFold {
    /// How many replaced directories are looked through for what a new entry in the newest one replaces.
    private static var replacedDepthMax: Int { 16 }

    mutating func born(_ entry: FeedEntry) throws(HFSError) {
        let event = entry.event
        try know(event.parent, at: Self.split(event.path).directory)
        var row = EntryRow(
            inode: event.inode, parent: event.parent, name: Self.split(event.path).name,
            isDirectory: event.kind == .mkdir || event.isDirectory)
        if event.parent.rawValue == 0 { row.name = event.path }
        row.createdMs = entry.timeMs
        row.createdBy = Agent(entry)
        try takePlace(&row)
        put(.entry(row))
    }

    /// Records what `row` replaces at its place, on both sides.
    mutating func takePlace(_ row: inout EntryRow) throws(HFSError) {
        guard row.replaces == nil, var old = try removed(parent: row.parent, name: row.name, depth: 0),
            old.inode != row.inode, old.replacedBy == nil
        else { return }
        row.replaces = old.inode
        old.replacedBy = row.inode
        put(.entry(old))
    }

    /// What was removed last at a place: by itself, or with a directory that the one at hand replaces.
    private mutating func removed(parent: InodeID, name: String, depth: Int) throws(HFSError) -> EntryRow? {
        if let row = try state.lastRemoved(parent: parent, name: name) { return row }
        var directory = try state.entry(parent)?.replaces
        for _ in 0..<Self.replacedDepthMax {
            guard let old = directory else { return nil }
            if let row = try state.child(parent: old, name: name) { return row }
            directory = try state.entry(old)?.replaces
        }
        return nil
    }

    mutating func moved(_ entry: FeedEntry) throws(HFSError) {
        guard case .moved(let parent, let path) = entry.event.change else { return }
        let event = entry.event
        var row = try known(event)
        let ownerBefore = try owner(of: row.parent)
        let wasOwner = row.isDirectory ? try owner(of: row.inode) : nil
        let (directory, name) = Self.split(path)
        try know(parent, at: directory)
        if row.isDirectory {
            for var rooted in try state.rooted(below: event.path) where rooted.inode != row.inode {
                rooted.name = path + rooted.name.dropFirst(event.path.count)
                put(.entry(rooted))
            }
        }
        let isSamePlace = row.parent == parent && row.name == name
        row.parent = parent
        row.name = parent.rawValue == 0 ? path : name
        if row.isDirectory { forgetOwners() }
        if !isSamePlace { try takePlace(&row) }
        put(.entry(row))

        let actor = Agent(entry)
        let ownerAfter = try owner(of: parent)
        if let ownerBefore, ownerBefore != ownerAfter { _ = try touch(ownerBefore, actor, entry) }
        if row.isDirectory {
            let isOwner = try owner(of: row.inode)
            if isOwner != wasOwner || ArtifactConvention.mayDiffer(event.path, path) {
                try reown(row.inode, actor, entry)
            } else if let ownerAfter {
                _ = try touch(ownerAfter, actor, entry)
            }
        } else if let ownerAfter {
            try adopt(row, into: ownerAfter, actor, entry)
        } else if ownerBefore != nil {
            try release(row)
        }
    }

    mutating func deleted(_ entry: FeedEntry) throws(HFSError) {
        var row = try known(entry.event)
        row.deletedLSN = entry.lsn
        row.deletedMs = entry.timeMs
        row.deletedBy = Agent(entry)
        put(.entry(row))
        if let owner = try owner(of: row.parent) { _ = try touch(owner, row.deletedBy, entry) }
    }

    /// The row of an event's inode; one that was there before the feed began is made up from the event.
    mutating func known(_ event: NamespaceEvent) throws(HFSError) -> EntryRow {
        if let row = try state.entry(event.inode) { return row }
        let (directory, name) = Self.split(event.path)
        try know(event.parent, at: directory)
        let row = EntryRow(
            inode: event.inode, parent: event.parent, name: event.parent.rawValue == 0 ? event.path : name,
            isDirectory: event.isDirectory)
        put(.entry(row))
        return row
    }

    /// Sees to it that the directory is known: one that was there before the feed began is known by its whole path.
    mutating func know(_ directory: InodeID, at path: String) throws(HFSError) {
        guard directory.rawValue != 0, try state.entry(directory) == nil else { return }
        put(.entry(EntryRow(inode: directory, parent: InodeID(0), name: path, isDirectory: true)))
    }

    /// The path of the directory (`/` for the root), and the last component.
    static func split(_ path: String) -> (directory: String, name: String) {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return ("", path) }
        let directory = slash == path.startIndex ? "/" : String(path[..<slash])
        return (directory, String(path[path.index(after: slash)...]))
    }
}
