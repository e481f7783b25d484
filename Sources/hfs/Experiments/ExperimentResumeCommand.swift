import ArgumentParser
import MLRuntime

/// `hfs experiment resume ID`
struct ExperimentResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Go on with an experiment whose driver is gone.")

    @OptionGroup var options: ExperimentOptions
    @Flag(help: "Leave the trials to 'hfs agent' on this or other hosts.") var detached = false
    @Argument(help: "The experiment, NAME-N or its path.") var id: String

    func run() async throws {
        let this = self
        try await Session.run("experiment resume", options.connection) { session in
            let paths = this.options.paths(this.id)
            // For the complaint that there is none.
            _ = try await session.experiment(paths)
            try await ExperimentRun(session, this.options, isDetached: this.detached).resume(paths)
        }
    }
}
