import ArgumentParser
import MLRuntime

/// `hfs job kill JOB...`
struct JobKillCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kill",
        abstract: "End jobs: SIGTERM to their programs, SIGKILL after the grace that they were submitted with.",
        discussion:
            "Returns when they have ended. A job whose agents are gone is ended at once: what they still do has no effect."
    )

    @OptionGroup var options: JobOptions
    @Argument(help: ArgumentHelp("Jobs, NAME-N or their paths.", valueName: "job")) var ids: [String]

    func run() async throws {
        let (options, ids) = (options, ids)
        try await Session.run("job kill", options.connection) { session in
            for id in ids {
                try await session.attempt(id) {
                    let status = try await options.status(id, on: session.fileSystem)
                    guard status.claim.state != .ended else {
                        throw Complaint(id, "Has ended already, as \(status.state.rawValue)")
                    }
                    let reason = "killed by \(session.user)"
                    while try await !JobStore.kill(status.paths, reason: reason, on: session.fileSystem) {
                        try await Pause.beforeAskingAgain()
                    }
                }
            }
        }
    }
}
