import ArgumentParser
import Client
import MLRuntime

/// `hfs agent`
struct AgentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agent",
        abstract: "Run trials of a project's experiments on this host, until it is interrupted.",
        discussion: """
            Programs are found by the name and in the directory that 'hfs experiment run' was given: they must be here, too. \
            An agent that is interrupted ends its programs and gives their trials back.
            """)

    @OptionGroup var options: ExperimentOptions
    @Option(help: ArgumentHelp("Trials at once.", valueName: "count")) var slots = 1
    @Flag(help: "Run anybody's programs with this account, not only those of its own user's experiments.")
    var anyOwner = false

    func validate() throws {
        guard (1...1000).contains(slots) else { throw ValidationError("--slots lies between 1 and 1000") }
    }

    func run() async throws {
        let (options, slots, anyOwner) = (options, slots, anyOwner)
        try await Session.run("agent", options.connection) { session in
            let scope = ExperimentPaths.experiments(of: options.resolvedProject)
            try await session.fileSystem.makeDirectory(scope)
            try await LocalAgent.make(
                session.fileSystem, uri: session.uri, scope: scope, slots: slots, takesAnyOwner: anyOwner
            ).run()
        }
    }
}
