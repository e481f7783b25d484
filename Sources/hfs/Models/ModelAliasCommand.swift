import ArgumentParser
import Core
import MLRuntime

/// `hfs model alias NAME ALIAS [VERSION]`
struct ModelAliasCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alias", abstract: "Give a name such as 'production' to a version; without one show its history.",
        discussion: "With --expect, of several who change an alias at once only one succeeds.")

    @OptionGroup var options: ExperimentOptions
    @Option(
        help: ArgumentHelp(
            "Only if the alias is given to this version; none for one that is not given.", valueName: "version"),
        transform: Self.expectation)
    var expect = ModelAlias.Expectation.anything
    @Flag(help: "Take the alias away.") var remove = false
    @Argument(help: "The model.") var name: String
    @Argument(help: "The alias.", transform: ModelAlias.checked) var alias: String
    @Argument(help: "The version, or another alias of it.", transform: ModelReference.Version.init)
    var version: ModelReference.Version?

    func validate() throws {
        if remove, version != nil { throw ValidationError("--remove takes no version") }
        if expect != .anything, version == nil, !remove { throw ValidationError("--expect is for a change") }
    }

    func run() async throws {
        let this = self
        try await Session.run("model alias", options.connection) { session in
            try await session.withModels(this.options) { registry in
                let alias = try await this.change(registry)
                let shown = ModelAliasOutput(alias)
                if this.options.json { return try session.console.line(JSONOutput.text(shown)) }
                for line in TextTable.lines([ModelAliasOutput.header] + shown.rows) { try session.console.line(line) }
            }
        }
    }

    private func change(_ registry: ModelRegistry) async throws -> ModelAlias {
        if let version {
            let given = try await registry.version(ModelReference(name, version))
            return try await registry.setAlias(alias, of: name, to: given.version, expecting: expect)
        }
        if remove { return try await registry.setAlias(alias, of: name, to: nil, expecting: expect) }
        guard let known = try await registry.model(name).aliases.first(where: { $0.name == alias }) else {
            throw Complaint(name, "No such alias: '\(alias)'")
        }
        return known
    }

    private static func expectation(_ text: String) throws -> ModelAlias.Expectation {
        if text == "none" { return .version(nil) }
        guard let version = UInt64(text), version > 0 else {
            throw ValidationError("--expect takes a version's number, or none")
        }
        return .version(version)
    }
}
