import ArgumentParser
import Core
import MLRuntime

/// `hfs experiment ask ID`
struct ExperimentAskCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ask", abstract: "Ask an experiment for a trial, to drive it from another optimizer.",
        discussion: """
            The caller runs the trial and ends it with 'hfs experiment tell'; with --queue agents run it. Without --params the \
            experiment's own optimizer chooses. Works beside a driver and without one ('hfs experiment run --ask-only').
            """)

    @OptionGroup var options: ExperimentOptions
    @Option(help: ArgumentHelp("The trial's parameters, a JSON object.", valueName: "json")) var params: String?
    @Flag(help: "Leave the trial to agents.") var queue = false
    @Flag(help: "With --queue: wait for its end, and tell how it ended.") var wait = false
    @Argument(help: "The experiment, NAME-N or its path.") var id: String

    func validate() throws {
        if wait, !queue { throw ValidationError("--wait goes with --queue: who runs the trial knows its end") }
        do throws(HFSError) {
            _ = try params.map { text throws(HFSError) in try ParameterJSON.parameters(text) }
        } catch {
            throw ValidationError(error.message)
        }
    }

    private struct Record: Encodable {
        let trial: Int
        let parameters: [String: ParameterValue]
        let seed: UInt32
        let budget: Int?
        let state: String?
        let metric: Double?
        let reason: String?
    }

    func run() async throws {
        let this = self
        try await Session.run("experiment ask", options.connection) { session in
            let paths = this.options.paths(this.id)
            _ = try await session.experiment(paths)
            let experiment = ExperimentQueue(paths, on: session.fileSystem)
            let parameters = try this.params.map { text throws(HFSError) in try ParameterJSON.parameters(text) }
            let asked = try await experiment.ask(parameters, isReserved: !this.queue)
            let result = this.wait ? try await experiment.result(of: asked.trial) : nil
            if this.options.json {
                let record = Record(
                    trial: asked.trial, parameters: asked.parameters, seed: asked.seed, budget: asked.budget,
                    state: result?.state.rawValue, metric: result?.metric.flatMap { $0.isFinite ? $0 : nil },
                    reason: result?.reason)
                return try session.console.line(JSONOutput.text(record))
            }
            let end = result.map { " \($0.state.rawValue) \($0.metric.map { "\($0)" } ?? $0.reason ?? "")" } ?? ""
            try session.console.line("trial \(asked.trial) \(TrialOutput.text(asked.parameters))\(end)")
        }
    }
}
