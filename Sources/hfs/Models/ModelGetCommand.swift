import ArgumentParser
import MLRuntime

/// `hfs model get NAME[/VERSION] DIR`
struct ModelGetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Copy a version of a model into a new local directory.")

    @OptionGroup var options: ExperimentOptions
    @Argument(help: "NAME/VERSION or NAME/ALIAS; NAME for the newest.", transform: ModelReference.init(parsing:))
    var model: ModelReference
    @Argument(help: "The directory, which must not be there yet.") var dir: String

    func run() async throws {
        let (options, reference, dir) = (options, model, dir)
        try await Session.run("model get", options.connection, isCopy: true) { session in
            try await session.withModels(options) { registry in
                let version = try await registry.version(reference)
                try await registry.get(version, to: dir)
                let shown = try ModelVersionOutput(version)
                try session.console.line(options.json ? JSONOutput.text(shown) : shown.path)
            }
        }
    }
}
