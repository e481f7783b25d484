import ArgumentParser
import Lineage
import Provenance

/// `hfs provenance export --format openlineage|prov-json|dot [--run ID | --path PATH]`
struct ProvenanceExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "A run, or all that led to a path, for other tools.",
        discussion: "openlineage prints one event a line, as OpenLineage's HTTP and file transports take them.")

    enum Format: String, CaseIterable, ExpressibleByArgument {
        case openlineage
        case provJSON = "prov-json"
        case dot, mermaid
    }

    @OptionGroup var connection: ConnectionOptions
    @Option(help: "openlineage, prov-json, dot or mermaid.") var format: Format
    @Option(name: .customLong("run"), help: "A run.") var runID: String?
    @Option(help: "A file or artifact: everything upstream of it.") var path: String?

    func validate() throws {
        if (runID == nil) == (path == nil) { throw ValidationError("one of --run and --path is needed") }
    }

    func run() async throws {
        let (format, runID, path, uri) = (format, runID, path, connection.resolvedURI)
        try await Session.run("provenance export", connection) { session in
            let query: LineageQuery =
                if let runID { .run(try LineageOptions.run(runID)) } else {
                    .upstream(path: try session.path(path ?? "/"), depth: nil)
                }
            let answer = try await ProvenanceClient.ask(query, of: session.fileSystem)
            switch format {
            case .openlineage:
                for event in OpenLineageExport.events(answer, namespace: uri) {
                    try session.console.line(event.text(pretty: false))
                }
            case .provJSON: try session.console.line(ProvJSONExport.document(answer).text())
            case .dot: try session.console.line(DotExport.text(answer))
            case .mermaid: try session.console.line(MermaidExport.text(answer))
            }
        }
    }
}
