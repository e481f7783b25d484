import ArgumentParser
import Lineage

/// `hfs provenance downstream PATH [--depth N]`
struct DownstreamCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "downstream", abstract: "What was made from a file or artifact, step by step.")

    @OptionGroup var closure: ClosureOptions

    func run() async throws {
        let (path, depth) = (closure.path, closure.depth)
        try await closure.options.ask("provenance downstream") { .downstream(path: try $0.path(path), depth: depth) }
    }
}
