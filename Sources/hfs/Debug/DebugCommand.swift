import ArgumentParser

/// `hfs debug edits|inode|block|shard|recover-lease`
struct DebugCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "debug",
        abstract: "Look into a namenode's files, and close files that nobody writes any more.",
        discussion: """
            edits, inode, block and shard change nothing; damage is reported and passed over. The shards follow the edits \
            log: a running namenode may know more than its shards say.
            """,
        subcommands: [
            DebugEditsCommand.self, DebugInodeCommand.self, DebugBlockCommand.self, DebugShardCommand.self,
            DebugRecoverLeaseCommand.self,
        ])
}
