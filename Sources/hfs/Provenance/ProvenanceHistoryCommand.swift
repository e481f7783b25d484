import ArgumentParser
import Lineage

/// `hfs provenance history PATH`
struct ProvenanceHistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "The versions under a name, newest first, with who made them.")

    @OptionGroup var options: LineageOptions
    @Argument(help: "A file or an artifact's directory.") var path: String

    func run() async throws {
        let path = path
        try await options.ask("provenance history") { .history(path: try $0.path(path)) }
    }
}
