import ArgumentParser
import MLRuntime

/// `hfs model show NAME[/VERSION]`
struct ModelShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a model's versions, or one version with what made it.")

    struct Record: Encodable {
        let name: String
        let path: String
        let versions: [ModelVersionOutput]
        let aliases: [ModelAliasOutput]
    }

    @OptionGroup var options: ExperimentOptions
    @Argument(help: "NAME, NAME/VERSION or NAME/ALIAS.", transform: ModelReference.init(parsing:))
    var model: ModelReference

    func run() async throws {
        let (options, reference) = (options, model)
        try await Session.run("model show", options.connection) { session in
            try await session.withModels(options) { registry in
                guard reference.version == nil else {
                    let shown = try await session.described(try await registry.version(reference))
                    if options.json { return try session.console.line(JSONOutput.text(shown)) }
                    for line in TextTable.lines(shown.rows) { try session.console.line(line) }
                    return
                }
                let model = try await registry.model(reference.name)
                var versions: [ModelVersionOutput] = []
                for number in model.versions.reversed() {
                    let version = try await registry.version(ModelReference(model.name, .number(number)))
                    versions.append(try ModelVersionOutput(version))
                }
                let aliases = model.aliases.map { ModelAliasOutput($0) }
                let record = Record(name: model.name, path: model.path, versions: versions, aliases: aliases)
                if options.json { return try session.console.line(JSONOutput.text(record)) }
                try Self.show(record, session)
            }
        }
    }

    private static func show(_ record: Record, _ session: Session) throws {
        let rows = record.versions.map { version in
            [
                "\(version.version)", Format.time(version.createdMs), version.user, version.metricsText,
                version.aliases.joined(separator: " "),
            ]
        }
        for line in TextTable.lines([["VERSION", "CREATED", "USER", "METRICS", "ALIASES"]] + rows) {
            try session.console.line(line)
        }
        let changes = record.aliases.flatMap(\.rows)
        guard !changes.isEmpty else { return }
        try session.console.line("")
        for line in TextTable.lines([ModelAliasOutput.header] + changes) { try session.console.line(line) }
    }
}
