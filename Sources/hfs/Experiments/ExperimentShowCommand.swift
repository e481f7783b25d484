import ArgumentParser
import MLRuntime

/// `hfs experiment show ID`
struct ExperimentShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show an experiment and its trials.")

    @OptionGroup var options: ExperimentOptions
    @Argument(help: "The experiment, NAME-N or its path.") var id: String

    func run() async throws {
        let (options, id) = (options, id)
        try await Session.run("experiment show", options.connection) { session in
            let record = try await session.experiment(options.paths(id), withTrials: true)
            if options.json { return try session.console.line(JSONOutput.text(record)) }
            let best = record.best.map { "trial \($0.trial), \(record.metric)=\($0.metric ?? .nan)" } ?? "-"
            let head = [
                ["experiment", record.path], ["state", record.state], ["user", record.user],
                ["created", Format.time(record.createdMs, seconds: true)],
                ["optimizer", "\(record.optimizer), \(record.direction) \(record.metric)"], ["best", best],
            ]
            for line in TextTable.lines(head) { try session.console.line(line) }
            let rows = (record.trials ?? []).map { trial in
                [
                    "\(trial.trial)", trial.state, trial.metric.map { "\($0)" } ?? "-",
                    TrialOutput.text(trial.parameters), trial.reason ?? "",
                ]
            }
            if !rows.isEmpty { try session.console.line("") }
            for line in TextTable.lines(rows, alignedRight: [0]) { try session.console.line(line) }
        }
    }
}
