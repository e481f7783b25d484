import ArgumentParser
import MLRuntime

/// `hfs model ls`
struct ModelListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "ls", abstract: "List the models of a project.")

    struct Record: Encodable {
        let name: String
        let path: String
        let versions: [UInt64]
        /// The version of each.
        let aliases: [String: UInt64]
        let changedMs: Int64
    }

    @OptionGroup var options: ExperimentOptions

    func run() async throws {
        let options = options
        try await Session.run("model ls", options.connection) { session in
            try await session.withModels(options) { registry in
                let records = try await registry.models().map { model in
                    Record(
                        name: model.name, path: model.path, versions: model.versions,
                        aliases: model.aliases.reduce(into: [:]) { $0[$1.name] = $1.version },
                        changedMs: model.changedMs)
                }
                if options.json { return try session.console.line(JSONOutput.text(records)) }
                guard !records.isEmpty else { return }
                let rows = records.map { record in
                    [
                        record.name, "\(record.versions.count)", record.versions.last.map { "\($0)" } ?? "-",
                        Format.time(record.changedMs),
                        record.aliases.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(
                            separator: " "),
                    ]
                }
                for line in TextTable.lines([["NAME", "VERSIONS", "NEWEST", "CHANGED", "ALIASES"]] + rows) {
                    try session.console.line(line)
                }
            }
        }
    }
}
