import ArgumentParser
import Core
import MLRuntime

/// `hfs experiment stop ID`
struct ExperimentStopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "End an experiment: its trials are stopped, and their last metrics count.",
        discussion: "Returns when it has ended. 'hfs experiment resume' goes on with it after all.")

    @OptionGroup var options: ExperimentOptions
    @Argument(help: "The experiment, NAME-N or its path.") var id: String

    func run() async throws {
        let (options, id) = (options, id)
        try await Session.run("experiment stop", options.connection) { session in
            let paths = options.paths(id)
            let before = try await session.experiment(paths)
            if before.state != ExperimentState.finished.rawValue, before.state != ExperimentState.stopped.rawValue {
                try await ExperimentStore.stop(
                    paths, reason: "stopped by \(session.user)", on: session.fileSystem, tell: { _ in })
            }
            let record = try await session.experiment(paths)
            if options.json { return try session.console.line(JSONOutput.text(record)) }
            let counts = record.ended.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
            try session.console.line("\(record.id): \(record.state), \(counts.joined(separator: ", "))")
        }
    }
}
