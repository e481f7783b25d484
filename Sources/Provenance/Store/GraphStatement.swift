import Core
import GRDB
import GRDBSQLite

/// A prepared statement of GRDB's, executed by SQLite's own calls. Its errors are `HFSError`s.
///
/// GRDB makes a row with the lower-cased names of all columns at each execution, and an array of boxed values of the arguments:
/// together more work than most of the statements here. Used inside one access of the statement's connection.
struct GraphStatement {
    /// Has SQLite copy a text that is bound (SQLITE_TRANSIENT, which is a cast that Swift does not import).
    static var copied: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }

    private let statement: Statement

    init(_ statement: Statement) { self.statement = statement }

    func run(_ arguments: [any GraphBindable]) throws(HFSError) {
        _ = try first(arguments) { _ in }
    }

    func first<T>(_ arguments: [any GraphBindable], _ decode: (GraphRow) -> T) throws(HFSError) -> T? {
        try bind(arguments)
        defer { sqlite3_reset(statement.sqliteStatement) }
        return try step() ? decode(GraphRow(statement: statement.sqliteStatement)) : nil
    }

    func all<T>(_ arguments: [any GraphBindable], _ decode: (GraphRow) -> T) throws(HFSError) -> [T] {
        try bind(arguments)
        defer { sqlite3_reset(statement.sqliteStatement) }
        var result: [T] = []
        while try step() { result.append(decode(GraphRow(statement: statement.sqliteStatement))) }
        return result
    }

    private func bind(_ arguments: [any GraphBindable]) throws(HFSError) {
        var index: Int32 = 0
        for argument in arguments {
            index += 1
            let code = argument.bind(to: statement.sqliteStatement, at: index)
            guard code == SQLITE_OK else { throw failure(code) }
        }
        precondition(
            index == sqlite3_bind_parameter_count(statement.sqliteStatement),
            "a statement lacks arguments, or has too many")
    }

    /// Whether there is a row.
    private func step() throws(HFSError) -> Bool {
        let code = sqlite3_step(statement.sqliteStatement)
        guard code != SQLITE_ROW else { return true }
        guard code == SQLITE_DONE else { throw failure(code) }
        return false
    }

    private func failure(_ code: Int32) -> HFSError {
        let message = sqlite3_errmsg(sqlite3_db_handle(statement.sqliteStatement)).map { String(cString: $0) }
        return GraphStore.error(
            DatabaseError(resultCode: ResultCode(rawValue: code), message: message, sql: statement.sql))
    }
}
