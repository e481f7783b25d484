import Core
import GRDB
import Lineage

/// The prepared statements of the writing connection.
final class GraphStatements {
    let entry, lastRemoved, child, children, rooted, version, run, input, inputOf, access, attributes: GraphStatement
    let putEntry, putVersion, putRun, putInput, putAccess, putDerived, putAttribute, removeAttribute: GraphStatement
    let putWords, putPosition: GraphStatement

    init(_ database: Database) throws {
        func make(_ sql: String) throws -> GraphStatement { GraphStatement(try database.makeStatement(sql: sql)) }
        entry = try make("\(EntryRow.select) WHERE inode = ?")
        lastRemoved = try make(
            "\(EntryRow.select) WHERE parent = ? AND name = ? AND deleted_lsn > 0 ORDER BY deleted_lsn DESC LIMIT 1")
        child = try make(
            """
            \(EntryRow.select) WHERE parent = ? AND name = ? \
            ORDER BY deleted_lsn = 0 DESC, deleted_lsn DESC LIMIT 1
            """)
        children = try make("\(EntryRow.select) WHERE parent = ? ORDER BY inode LIMIT ?")
        rooted = try make("\(EntryRow.select) WHERE parent = 0 AND name >= ? AND name < ?")
        version = try make("\(VersionRow.select) WHERE inode = ? AND version = ?")
        run = try make("\(RunRow.select) WHERE id = ?")
        input = try make("\(InputRow.select) WHERE run = ? AND number = ?")
        inputOf = try make("\(InputRow.select) WHERE inode = ? AND version = ? AND run = ?")
        access = try make("\(AccessRow.select) WHERE inode = ? AND version = ? AND run = ?")
        attributes = try make("SELECT name, value FROM attribute WHERE inode = ?")
        putEntry = try make(EntryRow.insert)
        putVersion = try make(VersionRow.insert)
        putRun = try make(RunRow.insert)
        putInput = try make(InputRow.insert)
        putAccess = try make(AccessRow.insert)
        putDerived = try make(DerivedRow.insert)
        putAttribute = try make("INSERT OR REPLACE INTO attribute VALUES (?,?,?)")
        removeAttribute = try make("DELETE FROM attribute WHERE inode = ? AND name = ?")
        putWords = try make("INSERT OR REPLACE INTO search(rowid, name, text) VALUES (?,?,?)")
        putPosition = try make("INSERT OR REPLACE INTO position VALUES (1,?,?,?)")
    }
}
