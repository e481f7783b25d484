import Core
import MetaStore

/// All entries below a directory, some at a time. Where the caller may not go is left out.
struct TreeWalk: Sendable {
    private static let page = 64
    private static let directoriesAtOnce = 8

    private struct Place: Sendable {
        var directory: InodeID
        var after: [UInt8]?
    }

    private var pending: [Place]

    init(_ base: InodeID) { pending = [Place(directory: base)] }

    /// Nothing is left.
    var isWhole: Bool { pending.isEmpty }

    /// The next entries, and how many rows it took.
    mutating func advance(
        _ ancestors: inout AncestorWalk, _ view: any MetadataView
    ) throws(PlanInterrupt) -> (entries: [InodeID], rows: Int) {
        let batch = pending.suffix(Self.directoriesAtOnce)
        let pages = try view.gather(batch) { (place, view) throws(PlanInterrupt) -> [ScannedRow] in
            guard try ancestors.directory(place.directory)?.mayTraverse == true else { return [] }
            return try view.scan(.dentry, place.directory.rawValue, after: place.after, limit: Self.page)
        }
        var places: [Place] = []
        var entries: [InodeID] = []
        for (place, rows) in zip(batch, pages) {
            if rows.count == Self.page { places.append(Place(directory: place.directory, after: rows.last?.sub)) }
            for row in rows {
                let entry = try refusing { () throws(HFSError) in try DentryRow(image: row.image) }
                entries.append(entry.inode)
                if entry.isDirectory { places.append(Place(directory: entry.inode)) }
            }
        }
        pending.removeLast(batch.count)
        pending += places
        return (entries, batch.count + entries.count)
    }
}
