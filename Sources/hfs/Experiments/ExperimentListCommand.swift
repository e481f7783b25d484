import ArgumentParser
import MLRuntime

/// `hfs experiment ls`
struct ExperimentListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls", abstract: "List the experiments of a project, the newest first.")

    @OptionGroup var options: ExperimentOptions

    func run() async throws {
        let options = options
        try await Session.run("experiment ls", options.connection) { session in
            var records: [ExperimentRecord] = []
            let fileSystem = session.fileSystem
            for paths in try await ExperimentStore.list(project: options.resolvedProject, on: fileSystem) {
                try await session.attempt(paths.root) { records.append(try await session.experiment(paths)) }
            }
            records.sort { ($0.createdMs, $0.id) > ($1.createdMs, $1.id) }
            if options.json { return try session.console.line(JSONOutput.text(records)) }
            let rows = records.map { record in
                [
                    record.id, record.state, record.user, Format.time(record.createdMs), record.optimizer,
                    "\(record.ended.values.reduce(0, +))/\(record.trialsBegun)",
                    record.best?.metric.map { "\(record.metric)=\($0)" } ?? "-",
                ]
            }
            for line in TextTable.lines(rows) { try session.console.line(line) }
        }
    }
}
