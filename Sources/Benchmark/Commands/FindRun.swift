import Core

/// Fills projects with artifacts and asks for them.
struct FindRun: Sendable {
    let writer: Target
    let reader: Target
    let layout: ArtifactLayout
    let queries: Int
    let wideQueries: Int
    let readers: Int
    let limit: Int

    private static let shares = [0.001, 0.01, 0.5]

    func fill(connections: Int, depth: Int) throws -> Measurement {
        let each = layout.projects / connections
        return try LoadPhase(target: writer, connections: connections, depth: depth).run(
            "fill", each: each * layout.artifactsEach
        ) { FillArtifacts(layout: layout, firstProject: $0 * each) }
    }

    /// The kinds of queries one after another; renames come in between.
    func measure() throws -> [Measurement] {
        let quarter = layout.projects / 4
        var results = try phases("project", (0..<quarter).map(layout.project), scopes: 1, queries)
        try rename((quarter..<2 * quarter).map { (from: layout.project($0), to: layout.renamed($0)) })
        results += try phases("renamed", (quarter..<2 * quarter).map(layout.renamed), scopes: 1, queries)
        // What moves keeps its rows in the index of the project that it came from.
        let moved = (2 * quarter..<3 * quarter).map {
            (from: layout.project($0) + "/Models", to: layout.project($0 + quarter) + "/old")
        }
        try rename(moved)
        results += try phases("moved", moved.map(\.to), scopes: 1, queries)
        results += try phases("all", ["/Projects"], scopes: layout.projects, wideQueries)
        return results
    }

    func cleanUp() throws {
        let connection = try PipelinedConnection(writer)
        for index in 0..<layout.projects {
            for path in [layout.project(index), layout.renamed(index)] {
                var workload = DeleteTree(path: path)
                _ = try connection.run(&workload, operations: 1, depth: 1)
            }
        }
    }

    private func rename(_ pairs: [(from: String, to: String)]) throws {
        let connection = try PipelinedConnection(writer)
        var workload = RenamePaths(pairs: pairs)
        let result = try connection.run(&workload, operations: pairs.count, depth: 8)
        if let error = result.firstError { throw HFSError(.io, "rename: \(error)") }
    }

    private func phases(_ place: String, _ paths: [String], scopes: Int, _ count: Int) throws -> [Measurement] {
        var results: [Measurement] = []
        let orders: [(String, FindArtifacts.Order)] = [("any", .none), ("best", .bestFirst), ("name", .byName)]
        for share in Self.shares {
            let matching = max(1, Int((Double(layout.artifactsEach) * share).rounded()))
            for (name, order) in orders {
                // To sort by name all that match must be looked at: below all projects that is the row budget's case.
                if order == .byName, scopes > 1, matching > 1 { continue }
                let workload = FindArtifacts(
                    paths: paths, scoreMin: layout.artifactsEach - matching, order: order, limit: limit,
                    expected: min(limit, matching * scopes), random: SplitMix64(1))
                results.append(
                    try LoadPhase(target: reader, connections: readers, depth: 1).run(
                        "\(place) \(share * 100) \(name)", each: max(1, count / readers)
                    ) { _ in workload })
            }
        }
        return results
    }
}
