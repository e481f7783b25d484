import ArgumentParser
import Client
import Core

/// Where to connect and as whom; the same two options on every file command.
struct ConnectionOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The namenode, hdfs://host:port.", valueName: "uri"))
    var uri: String?

    @Option(help: ArgumentHelp("The user to act as.", valueName: "name"))
    var user: String?

    var resolvedURI: String {
        if let uri { return uri }
        if let uri = Environment["HFS_URI"] { return uri }
        if let uri = ClusterDirectory.standard.recordedURI { return uri }
        return "hdfs://127.0.0.1:8020"
    }

    var resolvedUser: String { user ?? Environment["HFS_USER"] ?? LocalUser.name }

    /// As the user asked for; else with the token that this process was started with; else as the user of the process.
    func connect() async throws(HFSError) -> HFSFileSystem {
        var configuration = ClientConfiguration()
        if user == nil { configuration.token = try ProcessToken.find(for: resolvedURI) }
        return try await HFSFileSystem.connect(resolvedURI, user: resolvedUser, configuration: configuration)
    }
}
