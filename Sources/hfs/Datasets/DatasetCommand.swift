import ArgumentParser

/// `hfs dataset`
struct DatasetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dataset", abstract: "Training datasets.", subcommands: [DatasetCreateCommand.self])
}
