internal import CSQLite
internal import Core

/// One connection to one SQLite file, opened without SQLite's own mutex: used by one thread at a time.
final class SQLiteConnection {
    private let handle: OpaquePointer
    let path: String
    private var walPages: UnsafeMutablePointer<Int32>?

    enum Access { case readOnly, readWrite, create }

    /// Errors: `.io`, `.noSpace`, `.corruptMetadata`, each with the path and SQLite's text.
    init(_ path: String, _ access: Access, vfs: String? = nil) throws(HFSError) {
        let flags =
            switch access {
            case .readOnly: SQLITE_OPEN_READONLY
            case .readWrite: SQLITE_OPEN_READWRITE
            case .create: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
            }
        var opened: OpaquePointer?
        let code = sqlite3_open_v2(path, &opened, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, vfs)
        guard code == SQLITE_OK, let opened else {
            let text = opened.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
            sqlite3_close_v2(opened)
            throw Self.error(code, "open", path, text)
        }
        handle = opened
        self.path = path
        sqlite3_busy_timeout(opened, 10_000)
    }

    deinit {
        sqlite3_close_v2(handle)
        walPages?.deallocate()
    }

    /// Counts the pages of the write-ahead log from now on: `walPageCount`.
    func watchLog() {
        let pages = UnsafeMutablePointer<Int32>.allocate(capacity: 1)
        pages.initialize(to: 0)
        walPages = pages
        let note: @convention(c) (UnsafeMutableRawPointer?, OpaquePointer?, UnsafePointer<CChar>?, Int32) -> Int32 = {
            context, _, _, pages in
            context?.assumingMemoryBound(to: Int32.self).pointee = pages
            return SQLITE_OK
        }
        sqlite3_wal_hook(handle, note, pages)
    }

    /// Pages in the write-ahead log after the last commit.
    var walPageCount: Int { Int(walPages?.pointee ?? 0) }

    /// Runs statements that return nothing of interest.
    func execute(_ sql: String) throws(HFSError) {
        let code = sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw error(code, sql) }
    }

    func prepare(_ sql: String) throws(HFSError) -> SQLiteStatement {
        var statement: OpaquePointer?
        let code = sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
        guard code == SQLITE_OK, let statement else { throw error(code, sql) }
        return SQLiteStatement(statement, connection: self)
    }

    /// The first column of the first row as an integer.
    func integer(_ sql: String) throws(HFSError) -> Int64? {
        let statement = try prepare(sql)
        return try statement.step() ? statement.integer(0) : nil
    }

    /// The first column of the first row as text.
    func text(_ sql: String) throws(HFSError) -> String? {
        let statement = try prepare(sql)
        return try statement.step() ? statement.text(0) : nil
    }

    enum CheckpointMode { case passive, truncate }

    /// Moves the write-ahead log into the file; true when all of it is there now and synced.
    func checkpoint(_ mode: CheckpointMode) throws(HFSError) -> Bool {
        var frames: Int32 = 0
        var moved: Int32 = 0
        let flag = mode == .passive ? SQLITE_CHECKPOINT_PASSIVE : SQLITE_CHECKPOINT_TRUNCATE
        let code = sqlite3_wal_checkpoint_v2(handle, nil, flag, &frames, &moved)
        if code & 0xff == SQLITE_BUSY { return false }
        guard code == SQLITE_OK else { throw error(code, "checkpoint") }
        return frames == moved
    }

    func error(_ code: Int32, _ what: String) -> HFSError {
        Self.error(code, what, path, String(cString: sqlite3_errmsg(handle)))
    }

    private static func error(_ code: Int32, _ what: String, _ path: String, _ text: String) -> HFSError {
        let kind: HFSError.Code =
            switch code & 0xff {
            case SQLITE_FULL: .noSpace
            case SQLITE_CORRUPT, SQLITE_NOTADB: .corruptMetadata
            case SQLITE_BUSY, SQLITE_LOCKED: .lockHeld
            default: .io
            }
        return HFSError(kind, "SQLite: \(what) failed", subject: path, cause: "\(text) (\(code))")
    }
}
