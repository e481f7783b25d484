import Core
import GRDB
import Lineage

/// Looks things up in one snapshot of the graph. Used inside one access of a reading connection.
struct GraphReader {
    let database: Database
    /// A plain directory had more entries than stand for it: an answer from them lacks something.
    var isCut = false
    private var entries: [InodeID: EntryRow] = [:]
    private var versions: [ArtifactVersion: VersionRow] = [:]
    private var paths: [InodeID: String] = [:]

    private static let entryByInode = "\(EntryRow.select) WHERE inode = ?"
    private static let versionByID = "\(VersionRow.select) WHERE inode = ? AND version = ?"

    init(_ database: Database) { self.database = database }

    /// What `decode` makes of each row.
    func all<T>(_ sql: String, _ arguments: [any GraphBindable], _ decode: (GraphRow) -> T) throws -> [T] {
        try GraphStatement(database.cachedStatement(sql: sql)).all(arguments, decode)
    }

    private func first<T>(_ sql: String, _ arguments: [any GraphBindable], _ decode: (GraphRow) -> T) throws -> T? {
        try GraphStatement(database.cachedStatement(sql: sql)).first(arguments, decode)
    }

    mutating func entry(_ inode: InodeID) throws -> EntryRow? {
        if let known = entries[inode] { return known }
        let found = try first(Self.entryByInode, [column(inode.rawValue)]) { EntryRow($0) }
        entries[inode] = found
        return found
    }

    mutating func version(_ id: ArtifactVersion) throws -> VersionRow? {
        if let known = versions[id] { return known }
        let found = try first(Self.versionByID, [column(id.inode.rawValue), Int64(id.version)]) { VersionRow($0) }
        versions[id] = found
        return found
    }

    func run(_ id: RunID) throws -> LineageRun? {
        try first("\(RunRow.select) WHERE id = ?", [column(id.rawValue)]) { RunRow($0).run }
    }

    /// Where an entry is, or was when it or a directory above it was deleted.
    mutating func path(_ inode: InodeID) throws -> String {
        if let known = paths[inode] { return known }
        guard let row = try entry(inode) else { return "?" }
        var path = row.name
        if row.parent.rawValue != 0 {
            let above = try self.path(row.parent)
            path = above == "/" ? "/\(row.name)" : "\(above)/\(row.name)"
        }
        paths[inode] = path
        return path
    }

    /// The kind of a directory, by its attribute or its place; of a file, by its attribute.
    mutating func kind(_ row: EntryRow) throws -> ArtifactKind? {
        guard row.kind == nil, row.isDirectory else { return row.kind }
        return ArtifactConvention.kind(of: try path(row.inode).split(separator: "/").map(String.init)[...])
    }

    /// The nearest entry, from this one upwards, that is marked as deleted; nil for a live one.
    mutating func deletion(_ inode: InodeID) throws -> EntryRow? {
        var next = inode
        while next.rawValue != 0, let row = try entry(next) {
            if row.isDeleted { return row }
            next = row.parent
        }
        return nil
    }

    mutating func node(_ id: ArtifactVersion, depth: Int = 0, role: String = "") throws -> LineageNode {
        var node = LineageNode(id)
        node.depth = depth
        node.role = role
        node.path = try path(id.inode)
        if let row = try entry(id.inode) {
            node.isDirectory = row.isDirectory
            node.kind = try kind(row)
            if let gone = try deletion(id.inode) {
                node.state = row.replacedBy != nil || gone.replacedBy != nil ? .replaced : .deleted
            } else if row.version > id.version {
                node.state = .changed
            }
        }
        if let version = try version(id) {
            node.maker = version.maker
            node.timeMs = version.timeMs
            node.length = version.length
            node.checksum = version.checksum
        }
        return node
    }

    /// The runs of an answer, in the order of their ids.
    func runs(_ ids: Set<RunID>) throws -> [LineageRun] {
        try ids.sorted().map { id in try run(id) ?? LineageRun(id) }
    }
}
