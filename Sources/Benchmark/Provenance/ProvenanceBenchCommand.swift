import ArgumentParser

/// `hfs-bench provenance catch-up|lag|closure`
struct ProvenanceBenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "provenance", abstract: "How fast the lineage graph follows the event feed, and answers.",
        subcommands: [CatchUpCommand.self, LagCommand.self, ClosureCommand.self])
}
