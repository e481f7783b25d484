import ArgumentParser
import MLRuntime

/// `hfs model best NAME --metric M`
struct ModelBestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "best", abstract: "Show the version that is best by a metric, with what made it.")

    @OptionGroup var options: ExperimentOptions
    @Option(help: ArgumentHelp("What to compare by.", valueName: "name")) var metric: String
    @Option(help: "max or min.", transform: Self.direction) var direction = Direction.maximize
    @Argument(help: "The model.") var name: String

    func run() async throws {
        let (options, metric, direction, name) = (options, metric, direction, name)
        try await Session.run("model best", options.connection) { session in
            try await session.withModels(options) { registry in
                guard let best = try await registry.best(name, metric: metric, direction: direction) else {
                    throw Complaint(name, "No version has the metric '\(metric)'")
                }
                let shown = try await session.described(best)
                if options.json { return try session.console.line(JSONOutput.text(shown)) }
                for line in TextTable.lines(shown.rows) { try session.console.line(line) }
            }
        }
    }

    private static func direction(_ text: String) throws -> Direction {
        guard let direction = Direction(rawValue: text) else { throw ValidationError("--direction is max or min") }
        return direction
    }
}
