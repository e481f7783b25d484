import ArgumentParser

/// `hfs experiment`
struct ExperimentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "experiment", abstract: "Run searches, and look at them.",
        subcommands: [
            ExperimentRunCommand.self, ExperimentDistributedCommand.self, ExperimentResumeCommand.self,
            ExperimentStopCommand.self, ExperimentListCommand.self, ExperimentShowCommand.self,
            ExperimentBestCommand.self, ExperimentWatchCommand.self, ExperimentCompareCommand.self,
            ExperimentAblationCommand.self, ExperimentReproduceCommand.self, ExperimentAskCommand.self,
            ExperimentTellCommand.self,
        ])
}
