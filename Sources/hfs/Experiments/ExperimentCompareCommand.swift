import ArgumentParser
import Core
import MLRuntime

/// `hfs experiment compare ID[/TRIAL]...`
struct ExperimentCompareCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare", abstract: "Put trials side by side: their metrics and parameters.",
        discussion:
            "ID stands for the experiment's best trial, with --all for all that have ended; ID/TRIAL for that one.")

    @OptionGroup var options: ExperimentOptions
    @Flag(help: "All trials of the experiments, not the best alone.") var all = false
    @Flag(help: "Comma-separated values, a trial a line.") var csv = false
    @Argument(help: ArgumentHelp("Experiments, or trials of theirs.", valueName: "id")) var ids: [String]

    func validate() throws {
        if options.json, csv { throw ValidationError("--json and --csv exclude each other") }
    }

    private struct Record: Encodable {
        let experiment: String
        let trial: Int
        let state: String
        let seed: UInt32
        let durationMs: Int64?
        let inputs: String?
        let metrics: [String: Double]
        let parameters: [String: ParameterValue]
    }

    func run() async throws {
        let this = self
        try await Session.run("experiment compare", options.connection) { session in
            let choices = this.ids.map { this.options.choice($0, all: this.all) }
            let comparison = try await TrialComparison(choices, on: session.fileSystem)
            if this.options.json {
                let records = comparison.rows.map { row in
                    Record(
                        experiment: row.experiment.id, trial: row.trial, state: row.state, seed: row.seed,
                        durationMs: row.durationMs, inputs: row.inputs, metrics: row.metrics.filter(\.value.isFinite),
                        parameters: row.parameters)
                }
                return try session.console.line(JSONOutput.text(records))
            }
            let table = Self.table(comparison)
            let lines =
                this.csv
                ? table.map { $0.map(Self.quoted).joined(separator: ",") } : TextTable.lines(table.map(Self.filled))
            for line in lines { try session.console.line(line) }
        }
    }

    /// A head and a line for each trial.
    private static func table(_ comparison: TrialComparison) -> [[String]] {
        let (metrics, parameters) = (comparison.metrics, comparison.parameters)
        let head = ["trial", "state", "seconds", "seed", "inputs"] + metrics + parameters
        return [head]
            + comparison.rows.map { row in
                let seconds = row.durationMs.map { Format.fixed(Double($0) / 1000, 3) } ?? ""
                return ["\(row.experiment.id)/\(row.trial)", row.state, seconds, "\(row.seed)", row.inputs ?? ""]
                    + metrics.map { name in row.metrics[name].map { "\($0)" } ?? "" }
                    + parameters.map { name in row.parameters[name].map { "\($0)" } ?? "" }
            }
    }

    private static func filled(_ row: [String]) -> [String] { row.map { $0.isEmpty ? "-" : $0 } }

    /// As RFC 4180 has it.
    private static func quoted(_ text: String) -> String {
        guard text.contains(where: { ",\"\r\n".contains($0) }) else { return text }
        return "\"\(text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\""))\""
    }
}
