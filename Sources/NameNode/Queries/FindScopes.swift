import Core
import MetaStore

/// Which indexes a query has to look into: the one of its path, and those that notes lead to for something below the path.
enum FindScopes {
    /// Scopes of one query: beyond it the answer says that it is not complete.
    static let countMax = 10_000
    private static let notesMax = 20_000

    static func all(
        for resolved: ResolvedPath, _ view: any MetadataView
    ) throws(PlanInterrupt) -> (scopes: [InodeID], isWhole: Bool) {
        guard case .directory(let base) = resolved.target else { return ([], true) }
        var scopes = [resolved.attributeScope(ofFirst: resolved.rows.count)]
        var known = Set(scopes)
        var next = 0
        var noteCount = 0
        while next < scopes.count {
            let level = scopes[next...]
            next = scopes.count
            let notes = try view.gather(level) { (scope, view) throws(PlanInterrupt) in try self.notes(scope, view) }
                .flatMap { $0 }
            noteCount += notes.count
            let fresh = notes.filter { !known.contains($0.source) }
            let related = try view.gather(fresh) { (note, view) throws(PlanInterrupt) in
                if resolved.directories.contains(note.root) { return true }
                return try view.lies(note.root, below: base)
            }
            for (note, isRelated) in zip(fresh, related) where isRelated && known.insert(note.source).inserted {
                scopes.append(note.source)
            }
            if scopes.count > countMax || noteCount > notesMax { return (Array(scopes.prefix(countMax)), false) }
        }
        return (scopes, true)
    }

    private static func notes(
        _ scope: InodeID, _ view: any MetadataView
    ) throws(PlanInterrupt) -> [(source: InodeID, root: InodeID)] {
        var found: [(source: InodeID, root: InodeID)] = []
        var after: [UInt8]?
        // Most scopes have none or a few.
        var limit = 8
        while found.count <= notesMax {
            let rows = try view.scan(.attribute, scope.rawValue, after: after, limit: limit)
            for row in rows {
                guard let note = AttributeKey.note(row.sub) else { return found }
                found.append(note)
            }
            guard rows.count == limit else { return found }
            after = rows.last?.sub
            limit = Limits.listingPageMax
        }
        return found
    }
}
