import ArgumentParser
import Lineage

/// `hfs provenance upstream|downstream PATH [--depth N]`
struct ClosureCommand<Direction: ClosureDirection>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: Direction.name, abstract: Direction.abstract)
    }

    @OptionGroup var options: LineageOptions
    @Option(help: ArgumentHelp("So many steps at most.", valueName: "count")) var depth: Int?
    @Argument(help: "A file, an artifact's directory, or a directory of files.") var path: String

    func validate() throws {
        if let depth, depth < 0 { throw ValidationError("--depth is not negative") }
    }

    func run() async throws {
        let (path, depth) = (path, depth)
        try await options.ask("provenance \(Direction.name)") { Direction.query(try $0.path(path), depth) }
    }
}
