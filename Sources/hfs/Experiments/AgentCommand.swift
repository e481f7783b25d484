import ArgumentParser
import Client
import MLRuntime

/// `hfs agent`
struct AgentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agent",
        abstract: "Run a project's jobs and its experiments' trials on this host, until it is interrupted.",
        discussion: """
            Programs of trials are started by the name and in the directory that 'hfs experiment run' was given; on a host \
            without that directory from the copy that the experiment keeps of its program. Jobs come before trials, older \
            jobs before younger ones. An agent that is interrupted ends its programs and gives their trials and jobs back. \
            SIGUSR1 tells it that its time is nearly over: its programs get SIGUSR1, too, those that end for that are given \
            back, and it takes no more.
            """)

    @OptionGroup var options: ExperimentOptions
    @OptionGroup var has: AgentOptions
    @OptionGroup var orphans: OrphanOptions
    @Option(help: ArgumentHelp("Take this trial or job alone, by its path.", valueName: "path")) var only: String?
    @Option(help: ArgumentHelp("End when nothing was to be done for so long.", valueName: "seconds")) var idle: Double?
    @Flag(help: "Run anybody's programs with this account, not only those of its own user.")
    var anyOwner = false

    func validate() throws {
        if let only, !only.hasPrefix("/Projects/") {
            throw ValidationError("--only takes the path of a trial or a job")
        }
        if let idle, !(0...1e6).contains(idle) { throw ValidationError("--idle lies between 0 and 1000000 seconds") }
    }

    func run() async throws {
        let (options, has, anyOwner, only, idle) = (options, has, anyOwner, only, idle)
        let orphanTimeoutMs = orphans.orphanTimeoutMs
        try await Session.run("agent", options.connection, patienceMs: orphanTimeoutMs) { session in
            let project = options.resolvedProject
            let capacity = try await has.capacity(uri: session.uri)
            try await session.fileSystem.makeDirectory(ExperimentPaths.experiments(of: project))
            let agent = LocalAgent.make(
                session.fileSystem, uri: session.uri, scope: only ?? "/Projects/\(project)", slots: has.slots,
                capacity: capacity, takesAnyOwner: anyOwner, orphanTimeoutMs: orphanTimeoutMs)
            Console.standardError("\(Self.description(capacity, only ?? "project \(project)"))\n")
            try await agent.run(idleMs: idle.map { Int64($0 * 1000) }, warnings: await Warnings.stream())
        }
    }

    /// What it says of itself at its start.
    private static func description(_ capacity: AgentCapacity, _ scope: String) -> String {
        let gpus =
            capacity.gpus.map { $0.isEmpty ? "no GPUs" : "GPUs \($0.joined(separator: ","))" } ?? "GPUs uncounted"
        return "serving \(scope) at \(capacity.address): \(capacity.slots) slots, \(gpus), \(capacity.cpus) CPUs, "
            + "\(capacity.memoryBytes >> 30) GiB"
    }
}
