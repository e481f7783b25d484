import ArgumentParser
import Glibc

/// The one executable: file commands, the cluster on this machine, the servers themselves, and looks inside.
@main
struct HFSCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hfs",
        abstract: "A distributed filesystem that HDFS clients can use.",
        discussion: """
            File commands talk to --uri, else $HFS_URI, else the cluster that 'hfs cluster start' runs on this machine, \
            else hdfs://127.0.0.1:8020; as --user, else the owner of the delegation token in \
            $HADOOP_TOKEN_FILE_LOCATION, else $HFS_USER, else $HADOOP_USER_NAME, else the user of this process. A path \
            that does not begin with / lies in /user/<user>.
            """,
        version: "0.1.0",
        groupedSubcommands: [
            CommandGroup(name: "File", subcommands: fileCommands),
            CommandGroup(name: "Runs", subcommands: [RunCommand.self]),
            CommandGroup(name: "Experiments", subcommands: [ExperimentCommand.self, TensorBoardCommand.self]),
            CommandGroup(name: "Jobs", subcommands: [JobCommand.self, AgentCommand.self, SlurmCommand.self]),
            CommandGroup(name: "Models", subcommands: [ModelCommand.self]),
            CommandGroup(name: "Data", subcommands: [DatasetCommand.self]),
            CommandGroup(name: "Provenance", subcommands: [ProvenanceCommand.self, SearchCommand.self]),
            CommandGroup(name: "Cluster", subcommands: [ClusterCommand.self]),
            CommandGroup(
                name: "Server", subcommands: [NameNodeCommand.self, DataNodeCommand.self, TailerCommand.self]),
            CommandGroup(name: "Debugging", subcommands: [DebugCommand.self]),
        ],
        helpNames: .long)

    private static let fileCommands: [any ParsableCommand.Type] = [
        ListCommand.self, PutCommand.self, GetCommand.self, CatCommand.self, HeadCommand.self, TailCommand.self,
        MakeDirectoryCommand.self, RemoveCommand.self, MoveCommand.self, CopyCommand.self, StatCommand.self,
        DiskUsageCommand.self, DiskFreeCommand.self, CountCommand.self, FindCommand.self, TouchCommand.self,
        ChangeModeCommand.self, ChangeOwnerCommand.self, SetReplicationCommand.self, TestCommand.self,
        ChecksumCommand.self, XAttrCommand.self, PublishCommand.self, EventsCommand.self,
    ]

    /// Exit codes: 0 done, 1 something failed (said on standard error), 2 wrong usage, 128 + n ended by signal n.
    static func main() async {
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            let code = exitCode(for: error)
            guard code == .validationFailure else { exit(withError: error) }
            let text = fullMessage(for: error)
            let prefix = "Error: "
            Console.standardError(text.hasPrefix(prefix) ? "hfs: \(text.dropFirst(prefix.count))\n" : "hfs: \(text)\n")
            Glibc.exit(2)
        }
    }
}
