package import Lineage

/// The graph of an answer for Mermaid, as Markdown pages show it.
package enum MermaidExport {
    package static func text(_ answer: LineageAnswer) -> String {
        var lines = ["flowchart LR"]
        for node in answer.nodes {
            lines.append("  \(GraphNames.id(node.id))([\"\(escaped(GraphNames.label(node)))\"])")
        }
        for run in answer.runs { lines.append("  \(GraphNames.id(run.id))[\"\(escaped(GraphNames.label(run)))\"]") }
        for edge in answer.edges { lines.append("  \(DotExport.arrow(edge, "-->"))") }
        return lines.joined(separator: "\n")
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text.unicodeScalars {
            switch character {
            case "\"": result += "#quot;"
            case "#": result += "#35;"
            case "<": result += "#lt;"
            case ">": result += "#gt;"
            default: if character.value >= 0x20 { result.unicodeScalars.append(character) }
            }
        }
        return result
    }
}
