internal import Core

/// The one connection that writes a shard file and checkpoints it. Used by one thread at a time: `open`, then the shard's.
final class ShardWriter {
    let path: String
    private let connection: SQLiteConnection
    private let puts: [SQLiteStatement?]
    private let deletes: [SQLiteStatement?]
    private let stamp: SQLiteStatement
    private let begin: SQLiteStatement
    private let commit: SQLiteStatement
    private let rollback: SQLiteStatement
    /// The LSN in the file's `applied` row, of the newest transaction.
    private(set) var applied: UInt64

    /// Creates the file of a new shard.
    static func create(_ path: String, _ identity: [String: String], vfs: String?) throws(HFSError) {
        let connection = try SQLiteConnection(path, .create, vfs: vfs)
        try connection.execute("PRAGMA page_size=\(ShardSchema.pageBytes); " + ShardSchema.pragmas)
        try connection.execute("BEGIN IMMEDIATE; " + ShardSchema.create)
        let statement = try connection.prepare("INSERT INTO identity VALUES (?, ?)")
        for (key, value) in identity.sorted(by: { $0.key < $1.key }) {
            statement.bind(1, key)
            statement.bind(2, value)
            try statement.run()
        }
        try connection.execute("COMMIT")
        guard try connection.checkpoint(.truncate) else { throw HFSError(.io, "checkpoint is held up", subject: path) }
    }

    /// Opens a shard and compares what it says it is with `identity`.
    init(_ path: String, _ identity: [String: String], cacheBytes: Int, vfs: String?) throws(HFSError) {
        self.path = path
        connection = try SQLiteConnection(path, .readWrite, vfs: vfs)
        try connection.execute(ShardSchema.pragmas)
        try connection.execute("PRAGMA cache_size=\(-cacheBytes / 1024)")
        connection.watchLog()
        for (key, expected) in identity.sorted(by: { $0.key < $1.key }) {
            let found = try connection.text("SELECT value FROM identity WHERE key = '\(key)'") ?? "nothing"
            guard found == expected else {
                let code: HFSError.Code = key == "clusterID" ? .wrongCluster : .corruptMetadata
                throw HFSError(code, "the shard has \(key) \(found), expected \(expected)", subject: path)
            }
        }
        guard let lsn = try connection.integer("SELECT lsn FROM applied WHERE one = 1"), lsn >= 0 else {
            throw HFSError(.corruptMetadata, "the shard has no applied LSN", subject: path)
        }
        applied = UInt64(lsn)
        var puts = [SQLiteStatement?](repeating: nil, count: Table.slots)
        var deletes = puts
        for table in Table.allCases {
            let name = ShardSchema.name(table)
            let columns =
                table.hasSub
                ? "(id, sub, image, lsn, crc) VALUES (?1, ?2, ?3, ?4, ?5)"
                : "(id, image, lsn, crc) VALUES (?1, ?3, ?4, ?5)"
            puts[Int(table.rawValue)] = try connection.prepare("INSERT OR REPLACE INTO \(name) \(columns)")
            let condition = table.hasSub ? "id = ?1 AND sub = ?2" : "id = ?1"
            deletes[Int(table.rawValue)] = try connection.prepare("DELETE FROM \(name) WHERE \(condition)")
        }
        self.puts = puts
        self.deletes = deletes
        stamp = try connection.prepare("UPDATE applied SET lsn = ? WHERE one = 1")
        begin = try connection.prepare("BEGIN IMMEDIATE")
        commit = try connection.prepare("COMMIT")
        rollback = try connection.prepare("ROLLBACK")
    }

    /// Runs `body` and the new applied LSN in one transaction; an error undoes both.
    func transaction(applied lsn: UInt64, _ body: () throws(HFSError) -> Void) throws(HFSError) {
        try begin.run()
        do throws(HFSError) {
            try body()
            stamp.bind(1, Int64(bitPattern: lsn))
            try stamp.run()
            try commit.run()
        } catch {
            // SQLite has rolled back by itself after some errors; then this one says so and changes nothing.
            do throws(HFSError) { try rollback.run() } catch {}
            throw error
        }
        applied = lsn
    }

    /// Inside a transaction.
    func put(_ table: Table, _ id: UInt64, _ sub: [UInt8], _ image: [UInt8], lsn: UInt64) throws(HFSError) {
        guard let statement = puts[Int(table.rawValue)] else { return }
        var failure: HFSError?
        image.withUnsafeBytes { image in
            sub.withUnsafeBytes { sub in
                let crc = ShardSchema.checksum(table, id, sub, image, lsn: lsn)
                statement.bind(1, Int64(bitPattern: id))
                if table.hasSub { statement.bind(2, sub) }
                statement.bind(3, image)
                statement.bind(4, Int64(bitPattern: lsn))
                statement.bind(5, Int64(crc))
                do throws(HFSError) { try statement.run() } catch { failure = error }
            }
        }
        if let failure { throw failure }
    }

    /// Inside a transaction.
    func delete(_ table: Table, _ id: UInt64, _ sub: [UInt8]) throws(HFSError) {
        guard let statement = deletes[Int(table.rawValue)] else { return }
        var failure: HFSError?
        sub.withUnsafeBytes { sub in
            statement.bind(1, Int64(bitPattern: id))
            if table.hasSub { statement.bind(2, sub) }
            do throws(HFSError) { try statement.run() } catch { failure = error }
        }
        if let failure { throw failure }
    }

    /// A counter as the file has it, for replay.
    func counter(_ directory: UInt64) throws(HFSError) -> Counter? {
        let statement = try connection.prepare("SELECT image, lsn, crc FROM counter WHERE id = ?")
        statement.bind(1, Int64(bitPattern: directory))
        guard try statement.step() else { return nil }
        let row = try ShardReader.checked(.counter, directory, [], statement, imageColumn: 0, path: path)
        return try Counter(image: row.image)
    }

    /// Pages in the write-ahead log.
    var logPages: Int { connection.walPageCount }

    /// Moves the write-ahead log into the file; true when everything applied is in it and synced.
    func checkpoint(truncate: Bool = false) throws(HFSError) -> Bool {
        try connection.checkpoint(truncate ? .truncate : .passive)
    }
}
