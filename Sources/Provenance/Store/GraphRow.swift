import GRDBSQLite

/// The row that a statement stands on: valid until its next step.
struct GraphRow {
    let statement: OpaquePointer

    subscript(_ index: Int) -> Int64 { sqlite3_column_int64(statement, Int32(index)) }

    subscript(_ index: Int) -> Int64? {
        sqlite3_column_type(statement, Int32(index)) == SQLITE_NULL
            ? nil : sqlite3_column_int64(statement, Int32(index))
    }

    subscript(_ index: Int) -> String {
        guard let text = sqlite3_column_text(statement, Int32(index)) else { return "" }
        let count = Int(sqlite3_column_bytes(statement, Int32(index)))
        return String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self)
    }

    subscript(_ index: Int) -> String? {
        sqlite3_column_type(statement, Int32(index)) == SQLITE_NULL ? nil : self[index] as String
    }
}
