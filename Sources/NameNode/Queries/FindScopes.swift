import Core
import MetaStore

/// Which indexes a query has to look into: the one of its path, and those that notes lead to for something below the path.
struct FindScopes: Sendable {
    private static let scansMax = 64
    /// Most scopes have no notes or a few.
    private static let firstPage = 8
    private static let page = 256

    private struct Place: Sendable {
        var scope: InodeID
        var after: [UInt8]?
    }

    private(set) var found: [InodeID]
    private var known: Set<InodeID>
    private var pending: [Place]

    init(_ resolved: ResolvedPath) {
        found = [resolved.attributeScope(ofFirst: resolved.rows.count)]
        known = Set(found)
        pending = found.map { Place(scope: $0) }
    }

    /// All are found.
    var isWhole: Bool { pending.isEmpty }

    /// Follows some notes. Returns the rows looked at.
    mutating func advance(
        _ resolved: ResolvedPath, _ ancestors: inout AncestorWalk, _ view: any MetadataView
    ) throws(PlanInterrupt) -> Int {
        // One that goes on fills a step, of the others many do.
        let count =
            pending.last?.after == nil ? pending.suffix(Self.scansMax).reversed().prefix { $0.after == nil }.count : 1
        let batch = pending.suffix(count)
        let pages = try view.gather(batch) { (place, view) throws(PlanInterrupt) in
            try view.scan(
                .attribute, place.scope.rawValue, after: place.after,
                limit: place.after == nil ? Self.firstPage : Self.page)
        }
        var rows = batch.count
        var places: [Place] = []
        var fresh: [(source: InodeID, root: InodeID)] = []
        for (place, page) in zip(batch, pages) {
            let notes = page.compactMap { AttributeKey.note($0.sub) }
            rows += page.count
            fresh += notes.filter { !known.contains($0.source) }
            if notes.count == (place.after == nil ? Self.firstPage : Self.page) {
                places.append(Place(scope: place.scope, after: page.last?.sub))
            }
        }
        let related = try view.gather(fresh) { (note, _) throws(PlanInterrupt) in
            if resolved.directories.contains(note.root) { return true }
            return try ancestors.mayShow(note.root)
        }
        pending.removeLast(batch.count)
        for (note, isRelated) in zip(fresh, related) where isRelated && known.insert(note.source).inserted {
            found.append(note.source)
            pending.append(Place(scope: note.source))
        }
        pending += places
        return rows + fresh.count
    }
}
