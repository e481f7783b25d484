import ArgumentParser

/// `hfs provenance upstream|downstream|history|query|export`
struct ProvenanceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "provenance", abstract: "Where data came from, and what became of it.",
        discussion: "Recorded from the cluster's own events, without a call in anybody's program: docs/PROVENANCE.md.",
        subcommands: [
            ClosureCommand<UpstreamDirection>.self, ClosureCommand<DownstreamDirection>.self,
            ProvenanceHistoryCommand.self, ProvenanceQueryCommand.self,
            ProvenanceExportCommand.self,
        ])
}
