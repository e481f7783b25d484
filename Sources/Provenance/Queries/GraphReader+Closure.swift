import Core
import Lineage

/// The graph from some versions on, in one direction.
extension GraphReader {
    enum Direction { case upstream, downstream }

    /// Breadth first, so that the nodes come in the order of their distance. Every look-up is in an index.
    mutating func closure(
        _ start: [ArtifactVersion], _ direction: Direction, depth: Int?
    ) throws -> LineageAnswer {
        var answer = LineageAnswer()
        var depths: [ArtifactVersion: Int] = [:]
        var order: [ArtifactVersion] = []
        var runs: Set<RunID> = []
        var edges: Set<LineageEdge> = []
        for node in start where depths[node] == nil {
            depths[node] = 0
            order.append(node)
        }
        var index = 0
        while index < order.count {
            let node = order[index]
            index += 1
            let distance = depths[node, default: 0]
            if let depth, distance >= depth { continue }
            let found = direction == .upstream ? try sources(of: node) : try results(of: node)
            for (edge, other) in found {
                guard order.count < LineageAnswer.nodesMax || depths[other] != nil else {
                    answer.isComplete = false
                    continue
                }
                for join in edge where edges.insert(join).inserted { answer.edges.append(join) }
                for case .used(let run, _) in edge { runs.insert(run) }
                guard depths[other] == nil else { continue }
                depths[other] = distance + 1
                order.append(other)
            }
            // A node whose maker read nothing still has a maker.
            if direction == .upstream, let run = try version(node)?.maker.run {
                runs.insert(run)
                let made = LineageEdge.generated(run, node)
                if edges.insert(made).inserted { answer.edges.append(made) }
            }
        }
        for id in order { answer.nodes.append(try node(id, depth: depths[id, default: 0])) }
        answer.runs = try self.runs(runs)
        return answer
    }

    private mutating func sources(of node: ArtifactVersion) throws -> [([LineageEdge], ArtifactVersion)] {
        var found: [([LineageEdge], ArtifactVersion)] = []
        if let version = try version(node), let run = version.maker.run, version.inputs > 0 {
            let inputs = try all(
                "SELECT inode, version FROM input WHERE run = ? AND number <= ? ORDER BY number",
                [column(run.rawValue), Int64(version.inputs)]
            ) { artifactVersion($0, 0) }
            for input in inputs where input != node {
                found.append(([.used(run, input), .generated(run, node)], input))
            }
        }
        let origins = try all(
            "SELECT input_inode, input_version FROM derived WHERE output_inode = ? AND output_version = ?",
            [column(node.inode.rawValue), Int64(node.version)]
        ) { artifactVersion($0, 0) }
        for origin in origins { found.append(([.derived(node, from: origin)], origin)) }
        return found
    }

    private func results(of node: ArtifactVersion) throws -> [([LineageEdge], ArtifactVersion)] {
        var found: [([LineageEdge], ArtifactVersion)] = []
        let readers = try all(
            "SELECT run, number FROM input WHERE inode = ? AND version = ?",
            [column(node.inode.rawValue), Int64(node.version)]
        ) { (run: RunID(UInt64($0[0] as Int64)), number: $0[1] as Int64) }
        for (run, number) in readers {
            let outputs = try all(
                "SELECT inode, version FROM version WHERE run = ? AND owner_inode IS NULL AND inputs >= ?",
                [column(run.rawValue), number]
            ) { artifactVersion($0, 0) }
            for output in outputs where output != node {
                found.append(([.used(run, node), .generated(run, output)], output))
            }
        }
        let results = try all(
            "SELECT output_inode, output_version FROM derived WHERE input_inode = ? AND input_version = ?",
            [column(node.inode.rawValue), Int64(node.version)]
        ) { artifactVersion($0, 0) }
        for result in results { found.append(([.derived(result, from: node)], result)) }
        return found
    }
}
