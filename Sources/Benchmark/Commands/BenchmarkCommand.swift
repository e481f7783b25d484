import ArgumentParser

/// `hfs-bench`: the load generator.
@main
struct BenchmarkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hfs-bench",
        abstract: "Loads an HDFS namenode and datanodes through their own protocol and measures.",
        subcommands: [
            MetadataCommand.self, CompareCommand.self, FilesCommand.self, ColdCommand.self, OptimizersCommand.self,
            FindCommand.self, TraceCommand.self, AttemptsCommand.self, ProvenanceBenchCommand.self,
        ])
}
