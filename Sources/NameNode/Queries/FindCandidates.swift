import Core
import MetaStore

/// Chooses how to look for what meets a query, and collects who might: from the most selective stretch of the index, or by
/// walking the tree when no index helps.
struct FindCandidates {
    /// Index rows looked at for one query: some milliseconds.
    static let rowsMax = 50_000
    /// Entries looked at where there is no index to go by.
    static let walkMax = 20_000
    /// How far stretches are counted before the shortest one is taken.
    private static let probes = [256, 4096, rowsMax]
    /// So few are checked one by one, whatever their order.
    private static let fewMax = 64
    private static let pageMax = 1000
    private static let directoriesAtOnce = 64

    private struct Hits {
        var entries: [(value: ArraySlice<UInt8>, inode: InodeID)] = []
        /// Nothing was left out.
        var isWhole = true

        /// In the order found, each once.
        var inodes: [InodeID] {
            var seen = Set<InodeID>(minimumCapacity: entries.count)
            return entries.compactMap { seen.insert($0.inode).inserted ? $0.inode : nil }
        }
    }

    private let view: any MetadataView
    private let resolved: ResolvedPath
    private let alternatives: [[IndexRange]]
    private let order: Find.Order?
    private let scopes: [InodeID]
    private let areScopesWhole: Bool

    init(_ find: Find, _ resolved: ResolvedPath, _ view: any MetadataView) throws(PlanInterrupt) {
        self.view = view
        self.resolved = resolved
        order = find.order
        alternatives = IndexRange.joined(find.condition?.alternatives ?? [])
        (scopes, areScopesWhole) = try FindScopes.all(for: resolved, view)
    }

    func collect() throws(PlanInterrupt) -> Find.Progress {
        guard case .directory = resolved.target else {
            return Find.Progress(candidates: resolved.target.map { [$0.inode] } ?? [])
        }
        let shortest = try shortest()
        guard case .attribute(let name)? = order?.field else {
            guard let shortest else { return try walk() }
            return progress(shortest.hits.inodes, isWhole: shortest.hits.isWhole, isOrdered: order == nil)
        }
        if let shortest, shortest.hits.isWhole, shortest.hits.entries.count <= Self.fewMax {
            return progress(shortest.hits.inodes, isWhole: true, isOrdered: false)
        }
        return try inOrder(of: name, shortest)
    }

    private func progress(_ candidates: [InodeID], isWhole: Bool, isOrdered: Bool) -> Find.Progress {
        Find.Progress(candidates: candidates, isOrdered: isOrdered, isComplete: isWhole && areScopesWhole)
    }

    /// The candidates as the index of `name` orders them, less those that the shortest stretch rules out.
    private func inOrder(
        of name: String, _ shortest: (ranges: [IndexRange], hits: Hits)?
    ) throws(PlanInterrupt) -> Find.Progress {
        let own = alternatives.first { $0.count == 1 && $0[0].isOf(name) } ?? [.all(name)]
        let isShortest = shortest?.ranges == own
        var ordered = isShortest ? shortest?.hits ?? Hits() : try hits(own, max: Self.rowsMax)
        if let shortest, shortest.hits.isWhole, !isShortest {
            guard ordered.isWhole else { return progress(shortest.hits.inodes, isWhole: true, isOrdered: false) }
            let allowed = Set(shortest.hits.inodes)
            ordered.entries.removeAll { !allowed.contains($0.inode) }
        }
        if scopes.count > 1 {
            ordered.entries.sort { a, b in
                a.value == b.value ? a.inode < b.inode : a.value.lexicographicallyPrecedes(b.value)
            }
        }
        if order?.isDescending == true { ordered.entries.reverse() }
        return progress(ordered.entries.map(\.inode), isWhole: ordered.isWhole, isOrdered: true)
    }

    /// The alternative with the fewest rows, as far as counting goes; the first one when all are long.
    private func shortest() throws(PlanInterrupt) -> (ranges: [IndexRange], hits: Hits)? {
        var first: (ranges: [IndexRange], hits: Hits)?
        for probe in Self.probes {
            first = nil
            var best: (ranges: [IndexRange], hits: Hits)?
            for ranges in alternatives {
                let hits = try hits(ranges, max: min(probe, best?.hits.entries.count ?? probe))
                if hits.isWhole, hits.entries.count < best?.hits.entries.count ?? .max { best = (ranges, hits) }
                if first == nil { first = (ranges, hits) }
            }
            if let best { return best }
        }
        return first
    }

    /// What the ranges hold in all scopes, at most `max` rows.
    private func hits(_ ranges: [IndexRange], max: Int) throws(PlanInterrupt) -> Hits {
        var hits = Hits()
        let page = Swift.max(16, min(Self.pageMax, 2 * max / Swift.max(1, scopes.count)))
        var pairs: [(scope: InodeID, range: IndexRange)] = []
        for scope in scopes { for range in ranges { pairs.append((scope, range)) } }
        _ = try view.gather(pairs) { (pair, view) throws(PlanInterrupt) in
            var after = pair.range.after
            while hits.isWhole {
                let rows = try view.scan(.attribute, pair.scope.rawValue, after: after, limit: page)
                for row in rows {
                    guard row.sub.lexicographicallyPrecedes(pair.range.end) else { return }
                    guard hits.entries.count < max else {
                        hits.isWhole = false
                        return
                    }
                    hits.entries.append(AttributeKey.parse(row.sub, prefixCount: pair.range.prefixCount))
                }
                guard rows.count == page, let last = rows.last else { return }
                after = last.sub
            }
        }
        return hits
    }

    private func walk() throws(PlanInterrupt) -> Find.Progress {
        guard let base = resolved.target?.inode else { return Find.Progress(candidates: []) }
        var candidates = [base]
        var pending = [base][...]
        while !pending.isEmpty, candidates.count < Self.walkMax {
            let batch = pending.prefix(Self.directoriesAtOnce)
            pending = pending.dropFirst(batch.count)
            let room = Self.walkMax - candidates.count
            let found = try view.gather(batch) { (directory, view) throws(PlanInterrupt) in
                try entries(of: directory, max: room)
            }
            for (inode, isDirectory) in found.flatMap({ $0 }) {
                candidates.append(inode)
                if isDirectory { pending.append(inode) }
            }
        }
        let isWhole = pending.isEmpty && candidates.count <= Self.walkMax
        return Find.Progress(
            candidates: Array(candidates.prefix(Self.walkMax)), isOrdered: order == nil, isComplete: isWhole)
    }

    private func entries(of directory: InodeID, max: Int) throws(PlanInterrupt) -> [(InodeID, Bool)] {
        var found: [(InodeID, Bool)] = []
        var after: [UInt8]?
        while found.count <= max {
            let rows = try view.scan(.dentry, directory.rawValue, after: after, limit: Self.pageMax)
            for row in rows {
                let entry = try refusing { () throws(HFSError) in try DentryRow(image: row.image) }
                found.append((entry.inode, entry.isDirectory))
            }
            guard rows.count == Self.pageMax else { break }
            after = rows.last?.sub
        }
        return found
    }
}
