import ArgumentParser

/// `hfs run start|ls|show|end`
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run programs whose reads and writes are attributed to a run.",
        subcommands: [
            RunStartCommand.self, RunListCommand.self, RunShowCommand.self, RunEndCommand.self, FootprintCommand.self,
        ])
}
