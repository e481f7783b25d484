package import Core

/// Reads a shard file row by row: for `hfs debug shard`, fsck and tests. Read-only; a running namenode is not disturbed, as
/// each page of rows is a short read transaction of its own. A damaged row is reported, not fatal.
package final class ShardInspector {
    package struct Row: Sendable {
        package var key: RowKey
        package var image: [UInt8]
        package var lsn: LSN
        package var isIntact: Bool
    }

    package let path: String
    private let connection: SQLiteConnection

    private static let pageRows = 1000

    package init(_ path: String) throws(HFSError) {
        self.path = path
        connection = try SQLiteConnection(path, .readOnly)
    }

    /// What the shard says of itself, sorted by key.
    package func identity() throws(HFSError) -> [(key: String, value: String)] {
        let statement = try connection.prepare("SELECT key, value FROM identity ORDER BY key")
        var found: [(key: String, value: String)] = []
        while try statement.step() { found.append((statement.text(0), statement.text(1))) }
        return found
    }

    package func appliedLSN() throws(HFSError) -> LSN {
        LSN(UInt64(bitPattern: try connection.integer("SELECT lsn FROM applied WHERE one = 1") ?? 0))
    }

    package func rowCount(_ table: Table) throws(HFSError) -> Int {
        Int(try connection.integer("SELECT count(*) FROM \(ShardSchema.name(table))") ?? 0)
    }

    /// Calls `body` for the rows of a table in key order, until it answers false. With `id`, only those of that id.
    package func rows(_ table: Table, id: UInt64? = nil, _ body: (Row) -> Bool) throws(HFSError) {
        var last: Row?
        while true {
            let page = try page(table, id: id, after: last)
            for row in page where !body(row) { return }
            guard page.count == Self.pageRows else { return }
            last = page.last
        }
    }

    private func page(_ table: Table, id: UInt64?, after last: Row?) throws(HFSError) -> [Row] {
        let name = ShardSchema.name(table)
        let key = table.hasSub ? "(id, sub) > (?1, ?2)" : "id > ?1"
        let columns = table.hasSub ? "id, sub, image, lsn, crc" : "id, x'', image, lsn, crc"
        let order = table.hasSub ? "id, sub" : "id"
        let statement = try connection.prepare(
            "SELECT \(columns) FROM \(name) WHERE \(key) AND (?3 IS NULL OR id = ?3) ORDER BY \(order) LIMIT \(Self.pageRows)"
        )
        // Ids are 64-bit patterns; SQLite orders them as signed numbers.
        statement.bind(1, last.map { Int64(bitPattern: $0.key.id) } ?? .min)
        if table.hasSub { if let last { statement.bindCopy(2, last.key.sub) } else { statement.bind(2, "") } }
        if let id { statement.bind(3, Int64(bitPattern: id)) }
        var rows: [Row] = []
        while try statement.step() {
            let id = UInt64(bitPattern: statement.integer(0))
            let sub = statement.blob(1)
            let image = statement.blob(2)
            let lsn = UInt64(bitPattern: statement.integer(3))
            let crc = image.withUnsafeBytes { image in
                sub.withUnsafeBytes { ShardSchema.checksum(table, id, $0, image, lsn: lsn) }
            }
            rows.append(
                Row(
                    key: RowKey(table, id, sub), image: image, lsn: LSN(lsn),
                    isIntact: crc == UInt32(truncatingIfNeeded: statement.integer(4))))
        }
        return rows
    }

    /// SQLite's own check of the file's structure; empty when it finds nothing.
    package func structuralProblems() throws(HFSError) -> [String] {
        let statement = try connection.prepare("PRAGMA integrity_check")
        var problems: [String] = []
        while try statement.step() {
            let text = statement.text(0)
            if text != "ok" { problems.append(text) }
        }
        return problems
    }
}
