import Core
import GRDB
import Lineage

@testable import Provenance

/// Everything that a stored graph says, to be compared with a graph in memory.
struct StoredTables: Equatable, Sendable {
    var entries: Set<EntryRow>
    var versions: Set<VersionRow>
    var runs: Set<RunRow>
    var inputs: Set<InputRow>
    var accesses: Set<AccessRow>
    var derived: Set<DerivedRow>

    init(_ graph: MemoryGraph) {
        entries = Set(graph.entries.values)
        versions = Set(graph.versions.values)
        runs = Set(graph.runs.values)
        inputs = Set(graph.inputs.values.joined())
        accesses = Set(graph.accesses.values)
        derived = graph.derived
    }

    init(_ store: GraphStore) async throws {
        self = try await store.read { database in try StoredTables(database) }
    }

    private init(_ database: Database) throws {
        func all<R: Hashable>(_ sql: String, _ make: (GraphRow) -> R) throws -> Set<R> {
            Set(try GraphReader(database).all(sql, [], make))
        }
        entries = try all(EntryRow.select, EntryRow.init)
        versions = try all(VersionRow.select, VersionRow.init)
        runs = try all(RunRow.select, RunRow.init)
        inputs = try all(InputRow.select, InputRow.init)
        accesses = try all(AccessRow.select, AccessRow.init)
        derived = try all("SELECT * FROM derived") { row in
            DerivedRow(artifactVersion(row, 0), from: artifactVersion(row, 2))
        }
    }
}
