import ArgumentParser
import Lineage

/// `hfs provenance upstream PATH [--depth N]`
struct UpstreamCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upstream", abstract: "What a file or artifact was made from, step by step.")

    @OptionGroup var closure: ClosureOptions

    func run() async throws {
        let (path, depth) = (closure.path, closure.depth)
        try await closure.options.ask("provenance upstream") { .upstream(path: try $0.path(path), depth: depth) }
    }
}
