package import Core

/// The graph in dictionaries: for tests, and for graphs that are not worth a file.
package struct MemoryGraph: GraphState, Sendable {
    package struct Place: Hashable, Sendable {
        package var parent: InodeID
        package var name: String
    }

    package struct RunInput: Hashable, Sendable {
        package var run: RunID
        package var artifact: ArtifactVersion
    }

    package private(set) var entries: [InodeID: EntryRow] = [:]
    package private(set) var versions: [ArtifactVersion: VersionRow] = [:]
    package private(set) var runs: [RunID: RunRow] = [:]
    package private(set) var inputs: [RunID: [InputRow]] = [:]
    package private(set) var accesses: [RunInput: AccessRow] = [:]
    package private(set) var derived: Set<DerivedRow> = []
    package private(set) var attributes: [InodeID: [String: String]] = [:]
    private var places: [Place: Set<InodeID>] = [:]
    private var inputNumbers: [RunInput: UInt32] = [:]
    private var below: [InodeID: Set<InodeID>] = [:]

    package init() {}

    package func entry(_ inode: InodeID) -> EntryRow? { entries[inode] }

    package func lastRemoved(parent: InodeID, name: String) -> EntryRow? {
        (places[Place(parent: parent, name: name)] ?? []).compactMap { entries[$0] }.filter(\.isDeleted)
            .max { ($0.deletedLSN, $0.inode) < ($1.deletedLSN, $1.inode) }
    }

    package func child(parent: InodeID, name: String) -> EntryRow? {
        let all = (places[Place(parent: parent, name: name)] ?? []).compactMap { entries[$0] }
        return all.first { !$0.isDeleted } ?? lastRemoved(parent: parent, name: name)
    }

    package func children(of inode: InodeID, max: Int) -> [EntryRow] {
        (below[inode] ?? []).sorted().prefix(max).compactMap { entries[$0] }
    }

    package func rooted(below path: String) -> [EntryRow] {
        children(of: InodeID(0), max: .max).filter { $0.name.hasPrefix(path + "/") }
    }

    package func version(_ id: ArtifactVersion) -> VersionRow? { versions[id] }
    package func run(_ id: RunID) -> RunRow? { runs[id] }

    package func input(_ run: RunID, of artifact: ArtifactVersion) -> InputRow? {
        inputNumbers[RunInput(run: run, artifact: artifact)].flatMap { input(run, number: $0) }
    }

    package func input(_ run: RunID, number: UInt32) -> InputRow? {
        guard let rows = inputs[run], number > 0, number <= rows.count else { return nil }
        return rows[Int(number) - 1]
    }

    package func access(_ run: RunID, to file: ArtifactVersion) -> AccessRow? {
        accesses[RunInput(run: run, artifact: file)]
    }

    package mutating func apply(_ change: GraphChange) {
        switch change {
        case .entry(let row):
            if let old = entries[row.inode] {
                places[Place(parent: old.parent, name: old.name)]?.remove(row.inode)
                below[old.parent]?.remove(row.inode)
            }
            entries[row.inode] = row
            places[Place(parent: row.parent, name: row.name), default: []].insert(row.inode)
            below[row.parent, default: []].insert(row.inode)
        case .version(let row): versions[row.id] = row
        case .run(let row): runs[row.run.id] = row
        case .input(let row):
            inputs[row.run, default: []].append(row)
            inputNumbers[RunInput(run: row.run, artifact: row.artifact)] = row.number
        case .access(let row): accesses[RunInput(run: row.run, artifact: row.file)] = row
        case .derived(let row): derived.insert(row)
        case .attribute(let row): attributes[row.inode, default: [:]][row.name] = row.value
        }
    }
}
