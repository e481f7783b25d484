import ArgumentParser
import Client
import Core
import MLRuntime

/// `hfs slurm`
struct SlurmCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slurm",
        abstract: "Have Slurm run agents for what waits in a project, until it is interrupted.",
        discussion: """
            With --mode pilots they take whatever waits, one after the other; with --mode each there is an agent for each \
            trial and job, with the GPUs, CPUs and memory that it asks for. What is behind -- goes to sbatch: \
            'hfs slurm --project demo -- --partition=gpu --time=4:00:00'. Agents whose Slurm jobs end before their work \
            does are submitted again. An interrupt cancels them, and their work is given back.
            """)

    @OptionGroup var options: JobOptions
    @Option(help: "pilots or each.") var mode = SlurmMode.pilots.rawValue
    @Option(help: ArgumentHelp("Agents at once.", valueName: "count")) var most = 8
    @Option(help: ArgumentHelp("Where the namenode serves HTTP; else its host, port 9870.", valueName: "host:port"))
    var http: String?
    @Argument(parsing: .postTerminator, help: ArgumentHelp("Options of sbatch.", valueName: "option"))
    var sbatch: [String] = []

    /// Slurm tells nobody when a job's state changes.
    private static let lookSeconds: Int64 = 2

    func validate() throws {
        guard SlurmMode(rawValue: mode) != nil else { throw ValidationError("--mode is pilots or each, not '\(mode)'") }
        guard (1...1000).contains(most) else { throw ValidationError("--most lies between 1 and 1000") }
        guard ProgramSearch.canRun("sbatch"), ProgramSearch.canRun("squeue") else {
            throw ValidationError("sbatch and squeue are not here: this is no host from which Slurm takes jobs")
        }
    }

    func run() async throws {
        let this = self
        try await Session.run("slurm", options.connection) { session in
            guard let mode = SlurmMode(rawValue: this.mode) else { return }
            let host = RemotePath.authorities(session.uri).first.map { $0.prefix { $0 != ":" } } ?? ""
            var placement = SlurmPlacement(
                session.fileSystem, uri: session.uri, project: this.options.resolvedProject, mode: mode,
                most: this.most,
                http: this.http ?? "\(host):9870", program: ProgramSearch.thisProgram, options: this.sbatch,
                environment: Environment.all, tell: { Console.standardError("\($0)\n") })
            do {
                while true {
                    try await placement.step()
                    try await Pause.seconds(Self.lookSeconds)
                }
            } catch {
                let last = placement
                await Task { try? await last.cancel() }.value
                throw error
            }
        }
    }
}
