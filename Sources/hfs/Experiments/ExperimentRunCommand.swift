import ArgumentParser
import Core
import Glibc
import MLRuntime

/// `hfs experiment run --space ... -- COMMAND...`
struct ExperimentRunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Search for the best parameters of a program.",
        discussion: """
            Each trial runs the program with its parameters in $HFS_PARAMS (JSON). It reports by lines on its standard \
            output, 'hfs::metric accuracy=0.93 step=3'. See docs/EXPERIMENTS.md for the other variables.
            """)

    @OptionGroup var options: ExperimentOptions
    @Option(help: ArgumentHelp("What the experiment is called.", valueName: "name")) var name = "experiment"
    @Option(help: ArgumentHelp("A parameter: 'lr=log:1e-4..1e-1', 'act=relu|tanh', ...", valueName: "parameter"))
    var space: [String] = []
    @Option(help: "random, grid, de, asha, hyperband, tpe, gp or none, with options: 'asha:eta=4'.")
    var optimizer = "random"
    @Option(help: ArgumentHelp("Different settings of the parameters.", valueName: "count")) var trials = 16
    @Option(help: "max or min.") var direction = "max"
    @Option(help: ArgumentHelp("What is optimised.", valueName: "name")) var metric = "metric"
    @Option(help: ArgumentHelp("median, threshold, patience, nan or none, with options.", valueName: "rule"))
    var earlyStop: [String] = []
    @Option(help: ArgumentHelp("Trials at once.", valueName: "count")) var parallel = 1
    @Option(help: ArgumentHelp("GPUs that are a trial's alone.", valueName: "count")) var gpusPerTrial = 0
    @Option(help: "This host's GPUs for the trials: all, none, 0,1, or pretend:4.") var gpus = "all"
    @Option(help: ArgumentHelp("Times that a failed trial is tried again.", valueName: "count")) var retries = 0
    @Option(help: ArgumentHelp("Seconds between SIGTERM and SIGKILL.", valueName: "seconds")) var grace = 10.0
    @Option(help: ArgumentHelp("Seconds of silence after which an attempt is taken back.", valueName: "seconds"))
    var lease = 30.0
    @Option(help: ArgumentHelp("Checkpoints kept of an attempt while it runs.", valueName: "count"))
    var keepCheckpoints = ExperimentSettings.checkpointsKeptDefault
    @OptionGroup var orphans: OrphanOptions
    @Option(help: ArgumentHelp("Equal seeds decide alike; else one is drawn.", valueName: "number")) var seed: UInt64?
    @Flag(help: "Leave the trials to 'hfs agent' on this or other hosts.") var detached = false
    @Flag(help: "Run nothing: trials are asked for by 'hfs experiment ask'.") var askOnly = false
    @Argument(parsing: .postTerminator, help: ArgumentHelp("The program and its arguments.", valueName: "command"))
    var command: [String] = []

    func validate() throws {
        if command.isEmpty, !askOnly { throw ValidationError("experiment run takes a program behind --") }
        do {
            let search = try search()
            _ = try OptimizerChoice(optimizer).make(search)
            _ = try EarlyStopParser.parse(earlyStop)
            _ = try Resources(gpus: gpusPerTrial)
        } catch {
            throw ValidationError("\(error)")
        }
        guard (0...86_400).contains(grace) else { throw ValidationError("--grace lies between 0 and 86400 seconds") }
        guard (1...600).contains(lease) else { throw ValidationError("--lease lies between 1 and 600 seconds") }
        guard (1...1000).contains(keepCheckpoints) else {
            throw ValidationError("--keep-checkpoints lies between 1 and 1000")
        }
        guard detached || askOnly || ProgramSearch.canRun(command[0]) else {
            throw ValidationError("\(command[0]): No such program, or it may not be run")
        }
    }

    private func search() throws(HFSError) -> SearchSettings {
        guard let direction = Direction(rawValue: direction) else {
            throw HFSError(.invalidArgument, "--direction is max or min, not '\(direction)'")
        }
        return try SearchSettings(
            SpaceParser.parse(space), direction: direction, trials: trials,
            seed: seed ?? UInt64.random(in: 0...UInt64(UInt32.max)))
    }

    func run() async throws {
        let this = self
        try await Session.run("experiment run", options.connection, patienceMs: orphans.orphanTimeoutMs) { session in
            var settings = try ExperimentSettings(
                name: this.name, project: this.options.resolvedProject, user: session.user,
                createdMs: ExperimentClock.nowMs, command: this.command, directory: ProgramSearch.currentDirectory,
                search: try this.search(), optimizer: try OptimizerChoice(this.optimizer), metric: this.metric,
                earlyStopping: try EarlyStopParser.parse(this.earlyStop), parallel: this.parallel,
                retries: this.retries, graceMs: Int64(this.grace * 1000))
            settings.leaseMs = UInt32(this.lease * 1000)
            settings.keepCheckpoints = this.keepCheckpoints
            if this.gpusPerTrial > 0 { settings.resources = try Resources(gpus: this.gpusPerTrial) }
            guard !this.askOnly else {
                let paths = try await ExperimentStore.create(settings, on: session.fileSystem)
                let record = try await session.experiment(paths)
                return try session.console.line(this.options.json ? JSONOutput.text(record) : record.id)
            }
            try await ExperimentRun(
                session, this.options, this.orphans, isDetached: this.detached, gpus: this.gpus
            ).new(settings)
        }
    }
}
