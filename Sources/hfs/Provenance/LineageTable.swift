import Core
import Lineage

/// An answer as lines for people.
enum LineageTable {
    static func text(_ answer: LineageAnswer) -> String {
        var lines: [String] = []
        let names = Dictionary(answer.runs.map { ($0.id, $0.name) }) { first, _ in first }
        if !answer.nodes.isEmpty {
            let rows = answer.nodes.map { node in
                [
                    String(repeating: "  ", count: min(node.depth, 20)) + (node.path ?? "(not visible)"),
                    node.kind?.rawValue ?? (node.isDirectory ? "directory" : "file"), "v\(node.id.version)",
                    node.state.rawValue, node.role, maker(node, names),
                ]
            }
            lines += TextTable.lines(rows)
        }
        if !answer.runs.isEmpty {
            if !lines.isEmpty { lines.append("") }
            let rows = answer.runs.map { run in
                [
                    "\(run.id)", run.name, run.kind, "\(run.outcome)", run.user, run.role, run.command,
                ]
            }
            lines += TextTable.lines(rows)
        }
        if !answer.isComplete { lines.append("(there is more)") }
        return lines.joined(separator: "\n")
    }

    private static func maker(_ node: LineageNode, _ names: [RunID: String]) -> String {
        guard let run = node.maker.run else { return node.maker.agent.isEmpty ? "" : "by \(node.maker.agent)" }
        let name = names[run, default: ""]
        return name.isEmpty ? "by \(run)" : "by \(name)"
    }
}
