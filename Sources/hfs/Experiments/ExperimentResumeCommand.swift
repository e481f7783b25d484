import ArgumentParser
import MLRuntime

/// `hfs experiment resume ID`
struct ExperimentResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Go on with an experiment whose driver is gone.")

    @OptionGroup var options: ExperimentOptions
    @OptionGroup var orphans: OrphanOptions
    @Flag(help: "Leave the trials to 'hfs agent' on this or other hosts.") var detached = false
    @Argument(help: "The experiment, NAME-N or its path.") var id: String

    func run() async throws {
        let this = self
        try await Session.run("experiment resume", options.connection, patienceMs: orphans.orphanTimeoutMs) { session in
            let paths = this.options.paths(this.id)
            // For the complaint that there is none.
            _ = try await session.experiment(paths)
            try await ExperimentRun(session, this.options, this.orphans, isDetached: this.detached).resume(paths)
        }
    }
}
