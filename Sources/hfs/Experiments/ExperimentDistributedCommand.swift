import ArgumentParser
import Client
import Core
import MLRuntime

/// `hfs experiment distributed --workers N -- COMMAND...`
struct ExperimentDistributedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "distributed",
        abstract: "Train with several workers that start together and find one another.",
        discussion: """
            An experiment of one trial, which is a job of several workers ('hfs job submit --workers'): in this process and \
            in the project's agents, where there is room. Worker 0 reports the metric. The death of one starts all again \
            from their checkpoints. See docs/JOBS.md.
            """)

    @OptionGroup var options: ExperimentOptions
    @Option(help: ArgumentHelp("What the experiment is called.", valueName: "name")) var name = "distributed"
    @Option(help: ArgumentHelp("Programs that run at once.", valueName: "count")) var workers: Int
    @OptionGroup var needs: ResourceOptions
    @Option(help: "max or min.") var direction = "max"
    @Option(help: ArgumentHelp("What worker 0 reports.", valueName: "name")) var metric = "metric"
    @Option(help: ArgumentHelp("A file or directory that travels with the program.", valueName: "path"))
    var file: [String] = []
    @Option(help: ArgumentHelp("Times that all start again after one failed.", valueName: "count")) var retries = 0
    @Option(help: ArgumentHelp("Seconds between SIGTERM and SIGKILL.", valueName: "seconds")) var grace = 10.0
    @Argument(parsing: .postTerminator, help: ArgumentHelp("The program and its arguments.", valueName: "command"))
    var command: [String] = []

    func validate() throws {
        if command.isEmpty { throw ValidationError("experiment distributed takes a program behind --") }
        guard (1...1000).contains(workers) else { throw ValidationError("--workers lies between 1 and 1000") }
        guard (0...86_400).contains(grace) else { throw ValidationError("--grace lies between 0 and 86400 seconds") }
        guard Direction(rawValue: direction) != nil else { throw ValidationError("--direction is max or min") }
        do {
            _ = try needs.resources()
            _ = try ProgramPackage(command, files: file, directory: ProgramSearch.currentDirectory)
        } catch {
            throw ValidationError("\(error)")
        }
        guard command[0].contains("/") && !command[0].hasPrefix("/") || ProgramSearch.canRun(command[0]) else {
            throw ValidationError("\(command[0]): No such program, or it may not be run")
        }
    }

    /// What the trial runs.
    private func submission() -> [String] {
        var all = [ProgramSearch.thisProgram, "job", "submit", "--project", options.resolvedProject, "--name", name]
        all += ["--workers", "\(workers)", "--show-rank", "0", "--retries", "\(retries)", "--grace", "\(grace)"]
        all += ["--gpus", "\(needs.gpus)", "--cpus", "\(needs.cpus)"]
        if let memory = needs.memory { all += ["--memory", memory] }
        for file in file { all += ["--file", file] }
        return all + ["--keep-outputs", "--"] + command
    }

    func run() async throws {
        let this = self
        try await Session.run("experiment distributed", options.connection, patienceMs: Agent.orphanTimeoutMsDefault) {
            session in
            guard let direction = Direction(rawValue: this.direction) else { return }
            let search = try SearchSettings(SpaceParser.parse([]), direction: direction, trials: 1, seed: 0)
            // The trial ends when its job has, which waits for its workers.
            let settings = try ExperimentSettings(
                name: this.name, project: this.options.resolvedProject, user: session.user,
                createdMs: ExperimentClock.nowMs, command: this.submission(),
                directory: ProgramSearch.currentDirectory, search: search, optimizer: try OptimizerChoice("none"),
                metric: this.metric, earlyStopping: try EarlyStopParser.parse([]), parallel: 1, retries: 0,
                graceMs: Int64(this.grace * 1000) + 10_000)
            try await ExperimentRun(session, this.options, isDetached: false).new(settings)
        }
    }
}
