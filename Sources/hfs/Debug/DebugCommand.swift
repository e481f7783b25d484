import ArgumentParser

/// `hfs debug edits|inode|block|shard`
struct DebugCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "debug",
        abstract: "Look into a namenode's files; nothing is changed, damage is reported and passed over.",
        discussion: "The shards follow the edits log: a running namenode may know more than its shards say.",
        subcommands: [
            DebugEditsCommand.self, DebugInodeCommand.self, DebugBlockCommand.self, DebugShardCommand.self,
        ])
}
