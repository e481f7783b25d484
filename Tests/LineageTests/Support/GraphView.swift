import Core
import Lineage

/// A graph folded from a feed, and naive questions to it.
struct GraphView {
    private(set) var graph: MemoryGraph

    init(_ entries: [FeedEntry]) throws {
        var fold = LineageFold(MemoryGraph())
        for entry in entries { _ = try fold.fold(entry) }
        graph = fold.state
    }

    /// What a version depends on directly.
    func inputs(of id: ArtifactVersion) -> Set<ArtifactVersion> {
        var result = Set(graph.derived.filter { $0.output == id }.map(\.input))
        if let version = graph.versions[id], let run = version.maker.run {
            for input in graph.inputs[run] ?? [] where input.number <= version.inputs { result.insert(input.artifact) }
        }
        result.remove(id)
        return result
    }

    func upstream(of id: ArtifactVersion) -> Set<ArtifactVersion> {
        var found: Set<ArtifactVersion> = []
        var pending = [id]
        while let next = pending.popLast() {
            for input in inputs(of: next) where found.insert(input).inserted { pending.append(input) }
        }
        return found
    }

    func path(_ inode: InodeID) -> String {
        guard let row = graph.entries[inode] else { return "?" }
        guard row.parent.rawValue != 0 else { return row.name == "/" ? "" : row.name }
        return path(row.parent) + "/" + row.name
    }

    func isLive(_ inode: InodeID) -> Bool {
        guard let row = graph.entries[inode] else { return false }
        return !row.isDeleted && (row.parent.rawValue == 0 || isLive(row.parent))
    }

    /// The version of an inode that is current.
    func current(_ inode: InodeID) -> ArtifactVersion {
        graph.entries[inode]?.current ?? ArtifactVersion(inode, 0)
    }

    /// A version on a cycle; nil in a graph without.
    var cycle: ArtifactVersion? {
        var state: [ArtifactVersion: Bool] = [:]
        func visit(_ id: ArtifactVersion) -> ArtifactVersion? {
            if let isDone = state[id] { return isDone ? nil : id }
            state[id] = false
            for input in inputs(of: id) { if let found = visit(input) { return found } }
            state[id] = true
            return nil
        }
        for id in graph.versions.keys.sorted() { if let found = visit(id) { return found } }
        return nil
    }
}
