import ArgumentParser
import MLRuntime

/// `hfs experiment best ID`
struct ExperimentBestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "best", abstract: "Show the best trial of an experiment: its metric, parameters and directory.")

    @OptionGroup var options: ExperimentOptions
    @Argument(help: "The experiment, NAME-N or its path.") var id: String

    func run() async throws {
        let (options, id) = (options, id)
        try await Session.run("experiment best", options.connection) { session in
            let record = try await session.experiment(options.paths(id))
            guard let best = record.best else { throw Complaint(id, "No trial has a result yet") }
            if options.json { return try session.console.line(JSONOutput.text(best)) }
            let rows = [
                ["trial", "\(best.trial)"], [record.metric, best.metric.map { "\($0)" } ?? "-"],
                ["parameters", TrialOutput.text(best.parameters)], ["directory", best.path ?? "-"],
            ]
            for line in TextTable.lines(rows) { try session.console.line(line) }
        }
    }
}
