internal import CSQLite
internal import Core

/// A prepared statement. Used by its connection's thread; finalised with its last reference, before the connection goes.
final class SQLiteStatement {
    private let handle: OpaquePointer
    private let connection: SQLiteConnection

    init(_ handle: OpaquePointer, connection: SQLiteConnection) {
        self.handle = handle
        self.connection = connection
    }

    deinit { sqlite3_finalize(handle) }

    func bind(_ index: Int32, _ value: Int64) { sqlite3_bind_int64(handle, index, value) }

    func bind(_ index: Int32, _ text: String) {
        sqlite3_bind_text(handle, index, text, -1, unsafeBitCast(-1, to: sqlite3_destructor_type.self))
    }

    /// Binds bytes that SQLite copies: for keys that a query holds on to.
    func bindCopy(_ index: Int32, _ bytes: [UInt8]) {
        let code = bytes.withUnsafeBytes { buffer in
            sqlite3_bind_blob(
                handle, index, buffer.baseAddress, Int32(buffer.count),
                unsafeBitCast(-1, to: sqlite3_destructor_type.self))
        }
        // An empty array may have no address, which would bind NULL.
        if bytes.isEmpty || code != SQLITE_OK { sqlite3_bind_zeroblob(handle, index, 0) }
    }

    /// Binds bytes in place: they must stay where they are until the statement has run.
    @inline(__always)
    func bind(_ index: Int32, _ bytes: UnsafeRawBufferPointer) {
        if bytes.isEmpty {
            sqlite3_bind_zeroblob(handle, index, 0)
        } else {
            sqlite3_bind_blob(handle, index, bytes.baseAddress, Int32(bytes.count), nil)
        }
    }

    /// True when there is a row.
    func step() throws(HFSError) -> Bool {
        let code = sqlite3_step(handle)
        if code == SQLITE_ROW { return true }
        guard code == SQLITE_DONE else {
            let error = connection.error(code, "statement")
            sqlite3_reset(handle)
            throw error
        }
        return false
    }

    /// Runs a statement without rows and makes it ready for the next use.
    @inline(__always)
    func run() throws(HFSError) {
        let code = sqlite3_step(handle)
        guard code == SQLITE_DONE || code == SQLITE_ROW else {
            let error = connection.error(code, "statement")
            sqlite3_reset(handle)
            throw error
        }
        sqlite3_reset(handle)
    }

    func reset() { sqlite3_reset(handle) }

    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }
    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

    func text(_ column: Int32) -> String {
        sqlite3_column_text(handle, column).map { String(cString: $0) } ?? ""
    }

    func blob(_ column: Int32) -> [UInt8] {
        guard let start = sqlite3_column_blob(handle, column) else { return [] }
        return Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))))
    }
}
