import ArgumentParser
import Core
import Lineage
import Provenance

/// How an answer is shown.
enum LineageFormat: String, CaseIterable, ExpressibleByArgument {
    case table, json, dot, mermaid

    func text(_ answer: LineageAnswer) throws -> String {
        switch self {
        case .table: LineageTable.text(answer)
        case .json: try LineageJSON.value(answer).text()
        case .dot: DotExport.text(answer)
        case .mermaid: MermaidExport.text(answer)
        }
    }
}
