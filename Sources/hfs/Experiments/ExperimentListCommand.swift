import ArgumentParser
import Client
import Core
import MLRuntime

/// `hfs experiment ls`
struct ExperimentListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls", abstract: "List the experiments of a project, the newest first.")

    @OptionGroup var options: ExperimentOptions
    @Option(
        help: """
            Only experiments that meet a condition, themselves or by one of their trials: ml.accuracy > 0.9 and \
            ml.state = FINISHED. Conditions are those of 'hfs find'.
            """)
    var `where`: String?

    func validate() throws {
        do throws(HFSError) {
            _ = try condition()
        } catch {
            throw ValidationError(error.message)
        }
    }

    private func condition() throws(HFSError) -> AttributeCondition? {
        try `where`.map { text throws(HFSError) in try ConditionParser.parse(text) }
    }

    func run() async throws {
        let (options, condition) = (options, try condition())
        try await Session.run("experiment ls", options.connection) { session in
            var records: [ExperimentRecord] = []
            let fileSystem = session.fileSystem
            let found =
                if let condition {
                    try await ExperimentStore.find(project: options.resolvedProject, where: condition, on: fileSystem)
                } else {
                    try await ExperimentStore.list(project: options.resolvedProject, on: fileSystem)
                }
            for paths in found {
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
