import ArgumentParser

/// `hfs cluster start|status|stop`
struct ClusterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cluster", abstract: "Run a namenode and datanodes on this machine.",
        subcommands: [ClusterStartCommand.self, ClusterStatusCommand.self, ClusterStopCommand.self])
}
