import ArgumentParser

/// `hfs job`
struct JobCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "job", abstract: "Run programs where there is room for them, and look at them.",
        subcommands: [
            JobSubmitCommand.self, JobListCommand.self, JobShowCommand.self, JobLogsCommand.self, JobKillCommand.self,
        ])
}
