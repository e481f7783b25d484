import ArgumentParser
import Lineage

/// `hfs provenance downstream PATH [--depth N]`
struct DownstreamCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "downstream", abstract: "What was made from a file or artifact, step by step.")

    @OptionGroup var options: LineageOptions
    @Option(help: ArgumentHelp("So many steps at most.", valueName: "count")) var depth: Int?
    @Argument(help: "A file, an artifact's directory, or a directory of files.") var path: String

    func validate() throws {
        if let depth, depth < 0 { throw ValidationError("--depth is not negative") }
    }

    func run() async throws {
        let (path, depth) = (path, depth)
        try await options.ask("provenance downstream") { .downstream(path: try $0.path(path), depth: depth) }
    }
}
