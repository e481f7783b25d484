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
            jobs before younger ones. An agent that is interrupted ends its programs and gives their trials and jobs back.
            """)

    @OptionGroup var options: ExperimentOptions
    @OptionGroup var has: AgentOptions
    @OptionGroup var orphans: OrphanOptions
    @Flag(help: "Run anybody's programs with this account, not only those of its own user.")
    var anyOwner = false

    func run() async throws {
        let (options, has, anyOwner, orphanTimeoutMs) = (options, has, anyOwner, orphans.orphanTimeoutMs)
        try await Session.run("agent", options.connection, patienceMs: orphanTimeoutMs) { session in
            let project = options.resolvedProject
            let capacity = try await has.capacity(uri: session.uri)
            try await session.fileSystem.makeDirectory(ExperimentPaths.experiments(of: project))
            try await LocalAgent.make(
                session.fileSystem, uri: session.uri, scope: "/Projects/\(project)", slots: has.slots,
                capacity: capacity, takesAnyOwner: anyOwner, orphanTimeoutMs: orphanTimeoutMs
            ).run()
        }
    }
}
