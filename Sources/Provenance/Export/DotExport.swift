package import Lineage

/// The graph of an answer for Graphviz: boxes are runs, arrows go the way that the data went.
package enum DotExport {
    package static func text(_ answer: LineageAnswer) -> String {
        var lines = ["digraph lineage {", "  rankdir=LR;"]
        for node in answer.nodes {
            let style = node.state == .live || node.state == .changed ? "" : ", style=dashed"
            lines.append("  \(GraphNames.id(node.id)) [label=\"\(escaped(GraphNames.label(node)))\"\(style)];")
        }
        for run in answer.runs {
            lines.append("  \(GraphNames.id(run.id)) [label=\"\(escaped(GraphNames.label(run)))\", shape=box];")
        }
        for edge in answer.edges { lines.append("  \(arrow(edge, "->"));") }
        return (lines + ["}"]).joined(separator: "\n")
    }

    static func arrow(_ edge: LineageEdge, _ arrow: String) -> String {
        switch edge {
        case .used(let run, let id): "\(GraphNames.id(id)) \(arrow) \(GraphNames.id(run))"
        case .generated(let run, let id): "\(GraphNames.id(run)) \(arrow) \(GraphNames.id(id))"
        case .derived(let output, let input): "\(GraphNames.id(input)) \(arrow) \(GraphNames.id(output))"
        }
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text.unicodeScalars {
            if character == "\"" || character == "\\" { result += "\\" }
            if character.value >= 0x20 { result.unicodeScalars.append(character) }
        }
        return result
    }
}
