import Client
import Core
import Lineage

/// What one user may see of an answer: the namenode says so for each file and directory.
///
/// What the user may not reach stays in the graph without its name, kind and size, so that the shape is true and nothing is
/// told. What was deleted is seen by who may see the nearest directory above it that is left.
struct GraphVisibility: Sendable {
    let fileSystem: HFSFileSystem
    let store: GraphStore

    private static let inodesMax = 1000

    func filter(_ answer: LineageAnswer, to query: LineageQuery, for user: String) async throws(HFSError)
        -> LineageAnswer
    {
        // The service's own user is a superuser.
        guard user != fileSystem.user else { return answer }
        let asked = try await store.read { [nodes = answer.nodes] database in
            var reader = GraphReader(database)
            return try nodes.map { node in try reader.nearestLive(node.id.inode) }
        }
        var visible: Set<InodeID> = []
        let distinct = Set(asked).sorted()
        for start in stride(from: 0, to: distinct.count, by: Self.inodesMax) {
            let some = Array(distinct[start..<min(start + Self.inodesMax, distinct.count)])
            let verdicts = try await fileSystem.visibility(of: some, for: user)
            for (inode, verdict) in zip(some, verdicts) where verdict == .visible { visible.insert(inode) }
        }
        var filtered = answer
        if case .search = query {
            // That something hidden was found would tell what it is called.
            filtered.nodes = zip(answer.nodes, asked).filter { visible.contains($1) }.map(\.0)
            filtered.runs.removeAll { $0.user != user }
            return filtered
        }
        for index in filtered.nodes.indices where !visible.contains(asked[index]) {
            var opaque = LineageNode(filtered.nodes[index].id)
            opaque.depth = filtered.nodes[index].depth
            opaque.role = filtered.nodes[index].role
            filtered.nodes[index] = opaque
        }
        // A run's command line may name what its user may see and others may not.
        for index in filtered.runs.indices where filtered.runs[index].user != user { filtered.runs[index].command = "" }
        return filtered
    }
}

extension GraphReader {
    /// The entry itself while it is there, else the nearest directory above that is.
    mutating func nearestLive(_ inode: InodeID) throws -> InodeID {
        var next = inode
        while let gone = try deletion(next), gone.parent.rawValue != 0 { next = gone.parent }
        return next
    }
}
