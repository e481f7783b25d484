internal import Core

/// A reader thread's connection to one shard. Each fetch is a read transaction of its own, milliseconds long, so that
/// checkpoints are never held up.
final class ShardReader {
    let path: String
    private let connection: SQLiteConnection
    private let begin: SQLiteStatement
    private let end: SQLiteStatement
    private let applied: SQLiteStatement
    private var rows: [SQLiteStatement?]
    private var scans: [SQLiteStatement?]
    private var scansBack: [SQLiteStatement?]

    /// Rows that a scan fetches at least: the next page is likely wanted too.
    private static let scanRowsMin = 128

    init(_ path: String, cacheBytes: Int, vfs: String?) throws(HFSError) {
        self.path = path
        connection = try SQLiteConnection(path, .readOnly, vfs: vfs)
        try connection.execute("PRAGMA cache_size=\(-cacheBytes / 1024); PRAGMA mmap_size=0")
        begin = try connection.prepare("BEGIN")
        end = try connection.prepare("COMMIT")
        applied = try connection.prepare("SELECT lsn FROM applied WHERE one = 1")
        rows = [SQLiteStatement?](repeating: nil, count: Table.slots)
        scans = rows
        scansBack = rows
    }

    /// Answers `requests` from one snapshot.
    func fetch(_ requests: [RowRequest], shard: Int) throws(HFSError) -> [FetchedRows] {
        try begin.run()
        defer { do throws(HFSError) { try end.run() } catch {} }
        guard try applied.step() else {
            throw HFSError(.corruptMetadata, "the shard has no applied LSN", subject: path)
        }
        let snapshot = UInt64(bitPattern: applied.integer(0))
        applied.reset()
        var fetched: [FetchedRows] = []
        for request in requests {
            var answer = FetchedRows(request: request, shard: shard, snapshot: snapshot, rows: [], reachesEnd: false)
            switch request {
            case .row(let key): answer.rows = try row(key).map { [$0] } ?? []
            case .scan(let table, let id, let after, let limit):
                // One more: the row at `after` itself comes first when there is one.
                let count = max(limit, Self.scanRowsMin) + 1
                answer.rows = try scan(table, id, after, count)
                answer.reachesEnd = answer.rows.count < count
            case .scanBack(let table, let id, let before, let limit):
                let count = max(limit, Self.scanRowsMin) + 1
                answer.rows = try scanBack(table, id, before, count)
                answer.reachesEnd = answer.rows.count < count
            }
            fetched.append(answer)
        }
        return fetched
    }

    private func row(_ key: RowKey) throws(HFSError) -> FetchedRows.Row? {
        let condition = key.table.hasSub ? "id = ? AND sub = ?" : "id = ?"
        let statement = try prepared(
            &rows, key.table, "SELECT image, lsn, crc FROM \(ShardSchema.name(key.table)) WHERE \(condition)")
        defer { statement.reset() }
        statement.bind(1, Int64(bitPattern: key.id))
        if key.table.hasSub { statement.bindCopy(2, key.sub) }
        guard try statement.step() else { return nil }
        return try Self.checked(key.table, key.id, key.sub, statement, imageColumn: 0, path: path)
    }

    private func scan(_ table: Table, _ id: UInt64, _ after: [UInt8]?, _ limit: Int) throws(HFSError) -> [FetchedRows
        .Row]
    {
        guard table.hasSub else { return try row(RowKey(table, id)).map { [$0] } ?? [] }
        // No sub key is NULL, and every blob is above the empty text.
        let statement = try prepared(
            &scans, table,
            "SELECT sub, image, lsn, crc FROM \(ShardSchema.name(table)) WHERE id = ? AND sub >= ? ORDER BY sub LIMIT ?"
        )
        defer { statement.reset() }
        statement.bind(1, Int64(bitPattern: id))
        if let after { statement.bindCopy(2, after) } else { statement.bind(2, "") }
        statement.bind(3, Int64(limit))
        var rows: [FetchedRows.Row] = []
        while try statement.step() {
            rows.append(try Self.checked(table, id, statement.blob(0), statement, imageColumn: 1, path: path))
        }
        return rows
    }

    private func scanBack(
        _ table: Table, _ id: UInt64, _ before: [UInt8], _ limit: Int
    ) throws(HFSError) -> [FetchedRows.Row] {
        let statement = try prepared(
            &scansBack, table,
            "SELECT sub, image, lsn, crc FROM \(ShardSchema.name(table)) WHERE id = ? AND sub <= ? "
                + "ORDER BY sub DESC LIMIT ?")
        defer { statement.reset() }
        statement.bind(1, Int64(bitPattern: id))
        statement.bindCopy(2, before)
        statement.bind(3, Int64(limit))
        var rows: [FetchedRows.Row] = []
        while try statement.step() {
            rows.append(try Self.checked(table, id, statement.blob(0), statement, imageColumn: 1, path: path))
        }
        return rows
    }

    private func prepared(
        _ statements: inout [SQLiteStatement?], _ table: Table, _ sql: String
    ) throws(HFSError) -> SQLiteStatement {
        if let statement = statements[Int(table.rawValue)] { return statement }
        let statement = try connection.prepare(sql)
        statements[Int(table.rawValue)] = statement
        return statement
    }

    /// The row under a statement's cursor (image, lsn, crc from `imageColumn` on), its checksum verified.
    static func checked(
        _ table: Table, _ id: UInt64, _ sub: [UInt8], _ statement: SQLiteStatement, imageColumn: Int32, path: String
    ) throws(HFSError) -> FetchedRows.Row {
        let image = statement.blob(imageColumn)
        let lsn = UInt64(bitPattern: statement.integer(imageColumn + 1))
        let expected = UInt32(truncatingIfNeeded: statement.integer(imageColumn + 2))
        let found = image.withUnsafeBytes { image in
            sub.withUnsafeBytes { ShardSchema.checksum(table, id, $0, image, lsn: lsn) }
        }
        guard found == expected else {
            throw HFSError(
                .corruptMetadata, "row \(table) \(id) \(String(decoding: sub, as: UTF8.self)) has a wrong checksum",
                subject: path)
        }
        return FetchedRows.Row(sub: sub, image: image, lsn: lsn)
    }
}
