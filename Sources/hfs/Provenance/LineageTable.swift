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
                    node.state.rawValue, node.role, time(node.timeMs), maker(node, names),
                ]
            }
            lines += table(["PATH", "KIND", "VERSION", "STATE", "ROLE", "MADE", "BY"], rows)
        }
        if !answer.runs.isEmpty {
            if !lines.isEmpty { lines.append("") }
            let rows = answer.runs.map { run in
                [
                    "\(run.id)", run.name, run.kind, "\(run.outcome)", run.user, run.role, time(run.startedMs),
                    time(run.endedMs), run.command,
                ]
            }
            lines += table(["RUN", "NAME", "KIND", "STATE", "USER", "ROLE", "STARTED", "ENDED", "COMMAND"], rows)
        }
        if !answer.isComplete { lines.append("(there is more)") }
        return lines.joined(separator: "\n")
    }

    /// A column in which no row says anything is left out.
    private static func table(_ header: [String], _ rows: [[String]]) -> [String] {
        let used = header.indices.filter { column in rows.contains { !$0[column].isEmpty } }
        return TextTable.lines(([header] + rows).map { row in used.map { row[$0] } })
    }

    private static func time(_ ms: Int64) -> String { ms > 0 ? Format.time(ms, seconds: true) : "" }

    private static func maker(_ node: LineageNode, _ names: [RunID: String]) -> String {
        guard let run = node.maker.run else { return node.maker.agent }
        let name = names[run, default: ""]
        return name.isEmpty ? "\(run)" : "\(name) (\(run))"
    }
}
