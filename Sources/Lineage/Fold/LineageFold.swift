package import Core

/// Turns the event feed into the lineage graph, one event after another.
///
/// Pure: what it knows is in `State`, and each event's effect is the changes that it gives back, already applied. Entries must
/// come in the feed's order, each once. docs/PROVENANCE.md tells the rules.
package struct LineageFold<State: GraphState> {
    package var state: State
    /// What the event being folded has changed so far.
    var changes: [GraphChange] = []
    /// The artifact that a directory's files belong to, nil for none; forgotten when a directory moves or changes its kind.
    private var owners: [InodeID: InodeID?] = [:]

    private static var ownersMax: Int { 100_000 }

    package init(_ state: State) { self.state = state }

    /// The effect of one event. Throws only what the state throws; the fold must not be used after that.
    package mutating func fold(_ entry: FeedEntry) throws(HFSError) -> [GraphChange] {
        changes.removeAll(keepingCapacity: true)
        switch entry.event.kind {
        case .create, .mkdir: try born(entry)
        case .close, .leaseRecovered, .truncate: try closed(entry)
        case .opened, .read: try read(entry)
        case .rename, .publish: try moved(entry)
        case .delete: try deleted(entry)
        case .setXAttr, .removeXAttr: try attributed(entry)
        case .runStarted, .runEnded: try ran(entry)
        case .append, .setPermission, .setOwner, .setTimes, .setReplication, .setQuota, .setACL, .addBlock,
            .setStoragePolicy:
            break
        }
        return changes
    }

    mutating func put(_ change: GraphChange) {
        state.apply(change)
        changes.append(change)
    }

    /// The artifact whose content the files of a directory are; nil when they are artifacts themselves.
    mutating func owner(of directory: InodeID) throws(HFSError) -> InodeID? {
        if let known = owners[directory] { return known }
        var chain: [EntryRow] = []
        var next = directory
        while next.rawValue != 0, chain.count <= Limits.pathDepthMax, let row = try state.entry(next) {
            chain.append(row)
            next = row.parent
        }
        var components: [String] = []
        var found: InodeID?
        for row in chain.reversed() {
            if row.parent.rawValue == 0 {
                components = row.name.split(separator: "/").map(String.init)
            } else {
                components.append(row.name)
            }
            let kind = row.kind ?? ArtifactConvention.kind(of: components[...])
            if row.isDirectory, let kind, kind.ownsContent { found = row.inode }
        }
        if owners.count >= Self.ownersMax { owners.removeAll(keepingCapacity: true) }
        owners[directory] = .some(found)
        return found
    }

    mutating func forgetOwners() { owners.removeAll(keepingCapacity: true) }
}
