import ArgumentParser
import Core
import MLRuntime

/// `hfs experiment tell ID TRIAL --metric VALUE`
struct ExperimentTellCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tell", abstract: "Tell how a trial ended that was asked for.")

    @OptionGroup var options: ExperimentOptions
    @Option(parsing: .unconditional, help: ArgumentHelp("The value of the metric.", valueName: "value"))
    var metric: Double?
    @Option(help: ArgumentHelp("finished or failed.", valueName: "state")) var state = "finished"
    @Option(help: ArgumentHelp("Why it failed.", valueName: "text")) var reason: String?
    @Argument(help: "The experiment, NAME-N or its path.") var id: String
    @Argument(help: "The trial's number.") var trial: Int

    func validate() throws {
        guard state == "finished" || state == "failed" else { throw ValidationError("--state is finished or failed") }
        if state == "finished", metric == nil { throw ValidationError("a finished trial has its --metric") }
    }

    private struct Record: Encodable {
        let trial: Int
        let state: String
    }

    func run() async throws {
        let this = self
        try await Session.run("experiment tell", options.connection) { session in
            let paths = this.options.paths(this.id)
            _ = try await session.experiment(paths)
            let state: TrialResult.State = this.state == "failed" ? .failed : .finished
            let result = TrialResult(
                state, metric: this.metric, reason: state == .failed ? this.reason ?? "whoever ran it said so" : nil)
            try await ExperimentQueue(paths, on: session.fileSystem).tell(this.trial, result)
            if this.options.json {
                try session.console.line(JSONOutput.text(Record(trial: this.trial, state: state.rawValue)))
            }
        }
    }
}
