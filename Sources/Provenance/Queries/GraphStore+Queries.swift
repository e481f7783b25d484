package import Core
package import Lineage

extension GraphStore {
    /// Answers a question from a consistent snapshot. `.fileNotFound` for a path or run of which nothing is known.
    package func answer(_ query: LineageQuery) async throws(HFSError) -> LineageAnswer {
        try await read { database in
            var reader = GraphReader(database)
            switch query {
            case .upstream(let path, let depth):
                let row = try reader.entry(at: path)
                return try reader.closure(reader.nodes(of: row), .upstream, depth: depth)
            case .downstream(let path, let depth):
                let row = try reader.entry(at: path)
                return try reader.closure(reader.everyVersion(of: row), .downstream, depth: depth)
            case .history(let path): return try reader.history(of: reader.entry(at: path))
            case .inputs(let run): return try reader.graph(of: run).keeping("input")
            case .outputs(let run): return try reader.graph(of: run).keeping("output")
            case .footprint(let run): return try reader.footprint(of: run)
            case .run(let run): return try reader.graph(of: run)
            case .derived(let kind, let path): return try reader.derived(kind, from: reader.entry(at: path))
            case .readers(let path): return try reader.readers(of: reader.entry(at: path))
            case .unread(let sinceMs): return try reader.unread(sinceMs: sinceMs)
            case .difference(let first, let second): return try reader.difference(first, second)
            case .search(let text): return try reader.search(text)
            }
        }
    }
}

extension LineageAnswer {
    /// The nodes of one role, without edges.
    fileprivate func keeping(_ role: String) -> LineageAnswer {
        var kept = self
        kept.nodes.removeAll { $0.role != role }
        kept.edges = []
        return kept
    }
}
