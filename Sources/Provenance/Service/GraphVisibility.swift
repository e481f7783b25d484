import Client
import Core
import Lineage

/// What one user may see of an answer: the namenode says so for each file and directory.
///
/// What the user may not reach stays in the graph without its name, kind and size, so that the shape is true and nothing is
/// told. What was deleted is seen by who may see what lies in the nearest directory above it that is left.
struct GraphVisibility: Sendable {
    /// What decides whether an entry may be known of.
    enum Witness: Hashable, Comparable { case entry(InodeID), inside(InodeID) }

    let fileSystem: HFSFileSystem
    let store: GraphStore

    /// The answer as `user` may have it. A question about a path that they may not know of is answered as if there were
    /// nothing: `.fileNotFound`.
    func answer(_ query: LineageQuery, for user: String) async throws(HFSError) -> LineageAnswer {
        // The service's own user is a superuser.
        guard user != fileSystem.user else { return try await store.answer(query) }
        if let path = query.path {
            let witness = try await store.read { database in
                var reader = GraphReader(database)
                return try reader.witness(reader.entry(at: path).inode)
            }
            guard try await visible([witness], to: user).contains(witness) else { throw GraphReader.unknown(path) }
        }
        return try await filter(store.answer(query), to: query, for: user)
    }

    private func filter(
        _ answer: LineageAnswer, to query: LineageQuery, for user: String
    ) async throws(HFSError) -> LineageAnswer {
        let witnesses = try await store.read { [nodes = answer.nodes] database in
            var reader = GraphReader(database)
            return try nodes.map { node in try reader.witness(node.id.inode) }
        }
        let visible = try await visible(Set(witnesses), to: user)
        var filtered = answer
        switch query {
        case .search, .unread:
            // That something hidden was found would tell what it is called, or that it is there.
            filtered.nodes = zip(answer.nodes, witnesses).filter { visible.contains($1) }.map(\.0)
            filtered.runs.removeAll { $0.user != user }
            return filtered
        default: break
        }
        for index in filtered.nodes.indices where !visible.contains(witnesses[index]) {
            var opaque = LineageNode(filtered.nodes[index].id)
            opaque.depth = filtered.nodes[index].depth
            opaque.role = filtered.nodes[index].role
            // Whether it is still there is part of the shape: protection from deletion goes by it.
            opaque.state = filtered.nodes[index].state
            filtered.nodes[index] = opaque
        }
        // A run's command line may name what its user may see and others may not.
        for index in filtered.runs.indices where filtered.runs[index].user != user { filtered.runs[index].command = "" }
        return filtered
    }

    private func visible(_ witnesses: Set<Witness>, to user: String) async throws(HFSError) -> Set<Witness> {
        var visible: Set<Witness> = []
        let asked = witnesses.sorted()
        for start in stride(from: 0, to: asked.count, by: Limits.visibilityChecksMax) {
            let some = asked[start..<min(start + Limits.visibilityChecksMax, asked.count)]
            var entries: [InodeID] = []
            var directories: [InodeID] = []
            for witness in some {
                switch witness {
                case .entry(let inode): entries.append(inode)
                case .inside(let inode): directories.append(inode)
                }
            }
            let verdicts = try await fileSystem.visibility(of: entries, inside: directories, for: user)
            // Sorted: entries come before directories, as in the verdicts.
            for (witness, verdict) in zip(some, verdicts) where verdict == .visible { visible.insert(witness) }
        }
        return visible
    }
}

extension GraphReader {
    /// The entry itself while it is there, else the nearest directory above that is.
    mutating func witness(_ inode: InodeID) throws -> GraphVisibility.Witness {
        guard var gone = try deletion(inode), gone.parent.rawValue != 0 else { return .entry(inode) }
        while let above = try deletion(gone.parent), above.parent.rawValue != 0 { gone = above }
        return .inside(gone.parent)
    }
}
