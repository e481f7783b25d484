import Core
import GRDB
import Lineage

/// The fold's state over the tables: rows fetched once, changes kept until `flush`.
///
/// Belongs to the writing connection and is used inside its accesses only.
final class StoredGraph: GraphState {
    struct Place: Hashable {
        var parent: InodeID
        var name: String
    }

    struct RunArtifact: Hashable {
        var run: RunID
        var artifact: ArtifactVersion
    }

    struct RunNumber: Hashable {
        var run: RunID
        var number: UInt32
    }

    /// Rows kept beyond a batch.
    private static let rowsMax = 400_000

    let statements: GraphStatements
    var entries: [InodeID: EntryRow] = [:]
    var versions: [ArtifactVersion: VersionRow] = [:]
    var runs: [RunID: RunRow] = [:]
    var inputs: [RunArtifact: InputRow] = [:]
    var inputNumbers: [RunNumber: ArtifactVersion] = [:]
    var accesses: [RunArtifact: AccessRow] = [:]

    // What the tables do not have yet.
    var dirtyEntries: Set<InodeID> = []
    var dirtyVersions: Set<ArtifactVersion> = []
    var dirtyRuns: Set<RunID> = []
    var dirtyInputs: [InputRow] = []
    var dirtyAccesses: Set<RunArtifact> = []
    var dirtyDerived: [DerivedRow] = []
    var dirtyAttributes: [AttributeRow] = []
    /// Entries and runs whose words the search index does not have.
    var dirtyWords: Set<UInt64> = []
    /// What was removed since the last flush.
    var removed: [Place: InodeID] = [:]
    /// Runs whose beginning was seen: all their rows are here as long as no row was let go.
    var completeRuns: Set<RunID> = []

    init(_ database: Database) throws { statements = try GraphStatements(database) }

    func entry(_ inode: InodeID) throws(HFSError) -> EntryRow? {
        if let row = entries[inode] { return row }
        guard let row = try statements.entry.first([column(inode.rawValue)], EntryRow.init) else { return nil }
        entries[inode] = row
        return row
    }

    func lastRemoved(parent: InodeID, name: String) throws(HFSError) -> EntryRow? {
        if let inode = removed[Place(parent: parent, name: name)] { return try entry(inode) }
        return try statements.lastRemoved.first([column(parent.rawValue), name], EntryRow.init).map(remember)
    }

    func child(parent: InodeID, name: String) throws(HFSError) -> EntryRow? {
        try flushEntries()
        return try statements.child.first([column(parent.rawValue), name], EntryRow.init).map(remember)
    }

    func children(of inode: InodeID, max: Int) throws(HFSError) -> [EntryRow] {
        try flushEntries()
        return try statements.children.all([column(inode.rawValue), Int64(max)], EntryRow.init).map(remember)
    }

    func rooted(below path: String) throws(HFSError) -> [EntryRow] {
        try flushEntries()
        return try statements.rooted.all([path + "/", path + "0"], EntryRow.init).map(remember)
    }

    /// The row as it is now: a table may be behind.
    private func remember(_ found: EntryRow) -> EntryRow {
        if let newer = entries[found.inode] { return newer }
        entries[found.inode] = found
        return found
    }

    func version(_ id: ArtifactVersion) throws(HFSError) -> VersionRow? {
        if let row = versions[id] { return row }
        // Versions before the first are made when they are read: rare, and asked for with each first close.
        guard
            let row = try statements.version.first([column(id.inode.rawValue), Int64(id.version)], VersionRow.init)
        else { return nil }
        versions[id] = row
        return row
    }

    func run(_ id: RunID) throws(HFSError) -> RunRow? {
        if let row = runs[id] { return row }
        guard let row = try statements.run.first([column(id.rawValue)], RunRow.init) else { return nil }
        runs[id] = row
        return row
    }

    func input(_ run: RunID, of artifact: ArtifactVersion) throws(HFSError) -> InputRow? {
        if let row = inputs[RunArtifact(run: run, artifact: artifact)] { return row }
        guard !completeRuns.contains(run) else { return nil }
        return try statements.inputOf.first(
            [column(artifact.inode.rawValue), Int64(artifact.version), column(run.rawValue)], InputRow.init
        ).map(keep)
    }

    func input(_ run: RunID, number: UInt32) throws(HFSError) -> InputRow? {
        if let artifact = inputNumbers[RunNumber(run: run, number: number)] {
            return inputs[RunArtifact(run: run, artifact: artifact)]
        }
        return try statements.input.first([column(run.rawValue), Int64(number)], InputRow.init).map(keep)
    }

    @discardableResult
    private func keep(_ row: InputRow) -> InputRow {
        inputs[RunArtifact(run: row.run, artifact: row.artifact)] = row
        inputNumbers[RunNumber(run: row.run, number: row.number)] = row.artifact
        return row
    }

    func access(_ run: RunID, to file: ArtifactVersion) throws(HFSError) -> AccessRow? {
        let key = RunArtifact(run: run, artifact: file)
        if let row = accesses[key] { return row }
        guard !completeRuns.contains(run) else { return nil }
        let arguments: [any GraphBindable] = [
            column(file.inode.rawValue), Int64(file.version), column(run.rawValue),
        ]
        guard let row = try statements.access.first(arguments, AccessRow.init) else { return nil }
        accesses[key] = row
        return row
    }

    func apply(_ change: GraphChange) {
        switch change {
        case .entry(let row):
            if entries[row.inode]?.name != row.name { dirtyWords.insert(row.inode.rawValue) }
            if row.isDeleted { removed[Place(parent: row.parent, name: row.name)] = row.inode }
            entries[row.inode] = row
            dirtyEntries.insert(row.inode)
        case .version(let row):
            versions[row.id] = row
            dirtyVersions.insert(row.id)
        case .run(let row):
            if let old = runs[row.run.id] {
                if old.run.name != row.run.name || old.run.command != row.run.command {
                    dirtyWords.insert(row.run.id.rawValue)
                }
            } else {
                dirtyWords.insert(row.run.id.rawValue)
                if row.run.startedMs != 0, row.run.endedMs == 0, row.inputs == 0 { completeRuns.insert(row.run.id) }
            }
            runs[row.run.id] = row
            dirtyRuns.insert(row.run.id)
        case .input(let row): dirtyInputs.append(keep(row))
        case .access(let row):
            let key = RunArtifact(run: row.run, artifact: row.file)
            accesses[key] = row
            dirtyAccesses.insert(key)
        case .derived(let row): dirtyDerived.append(row)
        case .attribute(let row):
            dirtyAttributes.append(row)
            dirtyWords.insert(row.inode.rawValue)
        }
    }

    /// Lets go of what was fetched and written when it has become much.
    func trim() {
        guard entries.count + versions.count + inputs.count + accesses.count > Self.rowsMax else { return }
        entries.removeAll(keepingCapacity: true)
        versions.removeAll(keepingCapacity: true)
        runs.removeAll(keepingCapacity: true)
        inputs.removeAll(keepingCapacity: true)
        inputNumbers.removeAll(keepingCapacity: true)
        accesses.removeAll(keepingCapacity: true)
        completeRuns.removeAll(keepingCapacity: true)
    }
}
