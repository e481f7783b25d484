import ArgumentParser
import Client
import Core
import MLRuntime

/// Where to connect and as whom; the same two options on every file command.
struct ConnectionOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The namenode, hdfs://host:port.", valueName: "uri"))
    var uri: String?

    @Option(help: ArgumentHelp("The user to act as.", valueName: "name"))
    var user: String?

    var resolvedURI: String { uri ?? Self.standardURI }

    /// Where commands connect to that no option tells.
    static var standardURI: String { StandardCluster.uri }

    /// As the user asked for, else as the client library finds one.
    func connect() async throws(HFSError) -> HFSFileSystem {
        try await HFSFileSystem.connect(resolvedURI, user: user)
    }
}
