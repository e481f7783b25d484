import ArgumentParser

/// Which cluster: the same option on every cluster command.
struct ClusterDirectoryOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Where the cluster is kept ($HFS_CLUSTER_DIR, ~/.hfs/cluster).", valueName: "path"))
    var dir: String?

    var directory: ClusterDirectory { dir.map { ClusterDirectory($0) } ?? .standard }
}
