package import Core
import FoundationEssentials
package import GRDB
import Lineage

/// The lineage graph in one SQLite file, with the position in the feed that it stands for.
///
/// A batch of events and the position after it are one transaction: each event is folded exactly once, whatever ends the
/// process. One connection writes; queries read consistent snapshots beside it. Errors are `.io`, `.noSpace`,
/// `.corruptMetadata`.
package final class GraphStore: Sendable {
    package let path: String
    package let pool: DatabasePool
    private let writer = Writer()

    /// What the writing connection's accesses share.
    ///
    /// Sendable though it is not: used inside `pool.write` only, which runs one access at a time.
    private final class Writer: @unchecked Sendable {
        var fold: LineageFold<StoredGraph>?
        var position: FeedPosition?
    }

    /// Opens or makes the file at `path`; its folder is made.
    package init(path: String) throws(HFSError) {
        self.path = path
        do {
            let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
            if !folder.isEmpty {
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            }
            var configuration = Configuration()
            configuration.label = "provenance"
            configuration.prepareDatabase { database in
                try database.execute(sql: "PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536")
            }
            pool = try DatabasePool(path: path, configuration: configuration)
            try GraphSchema.migrator.migrate(pool)
        } catch {
            throw Self.error(error)
        }
    }

    /// How far the graph is.
    package func position() async throws(HFSError) -> FeedPosition {
        try await read { database in try Self.position(database) }
    }

    /// Folds a batch and moves the position to `next` in one transaction; entries that were taken before are passed over.
    /// Gives how many were new.
    package func take(_ batch: [FeedEntry], next: LSN) async throws(HFSError) -> Int {
        do {
            return try await pool.write { [writer] database in
                do {
                    return try Self.take(batch, next, writer, database)
                } catch {
                    // What was kept in memory is not in the tables: they are the truth.
                    writer.fold = nil
                    writer.position = nil
                    throw error
                }
            }
        } catch {
            throw Self.error(error)
        }
    }

    private static func take(
        _ batch: [FeedEntry], _ next: LSN, _ writer: Writer, _ database: Database
    ) throws -> Int {
        var position = try Self.position(database)
        // A commit that failed took back what the rows in memory say.
        if writer.position != position { writer.fold = nil }
        var fold = try writer.fold.take() ?? LineageFold(StoredGraph(database))
        var count = 0
        for entry in batch where !position.includes(entry) {
            _ = try fold.fold(entry)
            position.lsn = entry.lsn
            position.index = entry.index
            count += 1
        }
        position.next = max(position.next, next)
        try fold.state.flush()
        try fold.state.statements.putPosition.run([
            column(position.next.rawValue), column(position.lsn.rawValue), Int64(position.index),
        ])
        fold.state.trim()
        writer.fold = fold
        writer.position = position
        return count
    }

    private static func position(_ database: Database) throws -> FeedPosition {
        guard let row = try Row.fetchOne(database, sql: "SELECT next_lsn, lsn, entry FROM position") else {
            return FeedPosition(next: LSN(1))
        }
        return FeedPosition(
            next: LSN(UInt64(row[0] as Int64)), lsn: LSN(UInt64(row[1] as Int64)), index: UInt32(row[2] as Int64))
    }

    /// Runs `body` on a consistent snapshot, on a thread that may block.
    package func read<R: Sendable>(_ body: @escaping @Sendable (Database) throws -> R) async throws(HFSError) -> R {
        do {
            return try await pool.read(body)
        } catch {
            throw Self.error(error)
        }
    }

    /// Writes the graph as it is into a new file at `target`; gives the first record that is not in it. Batches are taken
    /// meanwhile.
    package func copy(to target: String) async throws(HFSError) -> LSN {
        do {
            return try await pool.unsafeRead { database in
                if FileManager.default.fileExists(atPath: target) { try FileManager.default.removeItem(atPath: target) }
                try database.execute(sql: "VACUUM INTO ?", arguments: [target])
                // Of the copy: the graph may be further by now.
                var configuration = Configuration()
                configuration.readonly = true
                return try DatabaseQueue(path: target, configuration: configuration).read { copy in
                    try Self.position(copy).next
                }
            }
        } catch {
            throw Self.error(error)
        }
    }

    /// Closes the file; nothing can be asked afterwards.
    package func close() async throws(HFSError) {
        do {
            // Its prepared statements go first.
            try await pool.write { [writer] _ in writer.fold = nil }
            try pool.close()
        } catch {
            throw Self.error(error)
        }
    }

    static func error(_ error: any Error) -> HFSError {
        guard let error = error as? DatabaseError else {
            return error as? HFSError ?? HFSError(.io, "The provenance graph cannot be used", cause: "\(error)")
        }
        let code: HFSError.Code =
            switch error.resultCode {
            case .SQLITE_FULL: .noSpace
            case .SQLITE_CORRUPT, .SQLITE_NOTADB: .corruptMetadata
            case .SQLITE_BUSY, .SQLITE_LOCKED: .lockHeld
            default: .io
            }
        return HFSError(code, "The provenance graph cannot be used", cause: error.description)
    }
}
