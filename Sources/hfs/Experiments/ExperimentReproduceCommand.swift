import ArgumentParser
import Core
import MLRuntime

/// `hfs experiment reproduce ID/TRIAL`
struct ExperimentReproduceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reproduce", abstract: "Run a trial once more, and say what came out otherwise.",
        discussion: """
            The program's copy runs with the trial's parameters, seed and inputs, as an experiment of its own. Packages that \
            differ are named. The exit code is 0 when each output is identical or within the tolerance.
            """)

    @OptionGroup var options: ExperimentOptions
    @Option(help: ArgumentHelp("By how much numbers may differ, of the larger one.", valueName: "share"))
    var tolerance = 1e-6
    @Flag(help: "Run it also with inputs that have changed or are gone.") var anyInputs = false
    @Flag(help: "Install the Python packages that the trial had, in an environment of its own (pip asks its registry).")
    var rebuild = false
    @Argument(help: ArgumentHelp("The trial: NAME-N/TRIAL.", valueName: "id")) var id: String

    func validate() throws {
        if options.trial(id) == nil { throw ValidationError("'\(id)' names no trial: ID/TRIAL, as digits-1/17") }
        guard tolerance >= 0, tolerance.isFinite else { throw ValidationError("--tolerance is not negative") }
    }

    private struct Report: Encodable {
        let trial: String
        let reproduction: String
        let environment: [String]
        let inputs: [InputCheck]
        let outputs: [OutputComparison]
    }

    func run() async throws {
        let this = self
        try await Session.run("experiment reproduce", options.connection, patienceMs: Agent.orphanTimeoutMsDefault) {
            session in
            guard let (paths, trial) = this.options.trial(this.id) else { return }
            _ = try await session.experiment(paths)
            let reproduction = try await Reproduction.read(paths, trial: trial, on: session.fileSystem)
            let inputs = try await InputCheck.check(reproduction.inputs, on: session.fileSystem)
            try this.complain(of: inputs, reproduction, session)
            let copy = try await ProgramCopy.fetch(reproduction.environment, paths, on: session.fileSystem)
            defer { copy.remove() }
            guard ProgramSearch.canRun(copy.command.first ?? "") else {
                throw Complaint(copy.command.first ?? "", "No such program, or it may not be run")
            }
            for file in copy.borrowed { Console.standardError("\(file) was not kept: it is taken as it is now\n") }
            let command = try await this.rebuilt(reproduction.environment, copy)
            let now = await ProgramCapture.environment(command, in: copy.directory, Environment.all)
            let differences = EnvironmentCheck.differences(reproduction.environment, now)
            for line in differences { Console.standardError("differs: \(line)\n") }
            let settings = try reproduction.settings(
                command, copy, user: session.user, createdMs: ExperimentClock.nowMs)
            let again = try await ExperimentRun(session, this.options, isDetached: false)
                .new(settings, planned: reproduction.trials)
            let last = reproduction.trials.count - 1
            guard try await session.statusIfExists(again.result(last)) != nil else {
                throw Complaint(
                    again.trial(last), "The trial came to nothing this time: hfs experiment show \(again.id)")
            }
            let outputs = try await OutputComparison.compare(
                paths.result(trial), again.result(last), metric: settings.metric, tolerance: this.tolerance,
                stoppedAt: reproduction.result.state == .stopped ? reproduction.result.step ?? 0 : nil,
                on: session.fileSystem)
            try this.tell(
                Report(
                    trial: this.id, reproduction: again.root, environment: differences, inputs: inputs,
                    outputs: outputs), session)
            try session.console.flush()
            if outputs.contains(where: { $0.verdict == .different || $0.verdict == .missing }) { throw ExitCode(1) }
        }
    }

    /// The command in the environment that it is to run in.
    private func rebuilt(_ environment: EnvironmentRecord, _ copy: ProgramCopy) async throws -> [String] {
        guard rebuild else { return copy.command }
        guard let python = environment.python else {
            throw Complaint(id, "Its program is none of Python's: there are no packages to install")
        }
        let rebuilt = try await RebuiltPython.make(python, in: "\(copy.directory)/.environment", Environment.all)
        for package in rebuilt.missing { Console.standardError("not installed: \(package)\n") }
        return rebuilt.command(copy.command)
    }

    /// Says what is wrong with the inputs, and refuses to go on with others than the trial had.
    private func complain(of inputs: [InputCheck], _ reproduction: Reproduction, _ session: Session) throws {
        if !reproduction.inputs.isWhole { Console.standardError("not all inputs of the trial are known\n") }
        for input in inputs where input.state != .same {
            Console.standardError("input \(input.input.path) (inode \(input.input.inode)): \(Self.text(input.state))\n")
        }
        guard anyInputs || inputs.allSatisfy(\.isUsable) else {
            throw Complaint(id, "Its inputs are not what they were (--any-inputs runs it all the same)")
        }
    }

    private static func text(_ state: InputCheck.State) -> String {
        switch state {
        case .same: "unchanged"
        case .equal: "written again since, with the same bytes"
        case .moved: "moved away since; by its inode it is still there"
        case .changed: "changed since"
        case .deleted: "deleted since"
        }
    }

    private func tell(_ report: Report, _ session: Session) throws {
        if options.json { return try session.console.line(JSONOutput.text(report)) }
        try session.console.line("reproduced as \(report.reproduction)")
        let rows = report.outputs.map { output in
            let values = output.verdict == .identical ? "" : "\(output.was ?? "-"), now \(output.now ?? "-")"
            return [output.output, output.verdict.rawValue, values]
        }
        for line in TextTable.lines(rows) { try session.console.line(line) }
    }
}
