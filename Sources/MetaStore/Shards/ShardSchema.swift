internal import Core

/// The tables of a shard file, and the checksum of a row.
enum ShardSchema {
    static let pageBytes = 4096

    static func name(_ table: Table) -> String { "\(table)" }

    static let pragmas = """
        PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=0; PRAGMA temp_store=MEMORY;
        PRAGMA cell_size_check=ON; PRAGMA mmap_size=0; PRAGMA trusted_schema=OFF;
        """

    static var create: String {
        var sql = """
            CREATE TABLE identity (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
            CREATE TABLE applied (one INTEGER PRIMARY KEY CHECK (one = 1), lsn INTEGER NOT NULL) STRICT;
            INSERT INTO applied VALUES (1, 0);

            """
        for table in Table.allCases {
            sql +=
                table.hasSub
                ? """
                CREATE TABLE \(name(table)) (id INTEGER NOT NULL, sub BLOB NOT NULL, image BLOB NOT NULL,
                    lsn INTEGER NOT NULL, crc INTEGER NOT NULL, PRIMARY KEY (id, sub)) STRICT, WITHOUT ROWID;

                """
                : """
                CREATE TABLE \(name(table)) (id INTEGER PRIMARY KEY, image BLOB NOT NULL, lsn INTEGER NOT NULL,
                    crc INTEGER NOT NULL) STRICT;

                """
        }
        return sql
    }

    /// CRC32C of a row's table, id, LSN, sub key and image: SQLite itself does not notice a flipped bit.
    static func checksum(
        _ table: Table, _ id: UInt64, _ sub: UnsafeRawBufferPointer, _ image: UnsafeRawBufferPointer, lsn: UInt64
    ) -> UInt32 {
        var head = (lsn.littleEndian, id.littleEndian, UInt64(table.rawValue).littleEndian)
        let crc = withUnsafeBytes(of: &head) { CRC32C.checksum($0) }
        return CRC32C.checksum(image, continuing: CRC32C.checksum(sub, continuing: crc))
    }
}
