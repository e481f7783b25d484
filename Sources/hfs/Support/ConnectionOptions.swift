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
    ///
    /// - Parameter patienceMs: how long each call waits for a namenode that is away; nil: the client's own limits.
    func connect(patienceMs: Int64? = nil) async throws(HFSError) -> HFSFileSystem {
        var configuration = ClientConfiguration()
        if let patienceMs {
            configuration.operationDeadlineMs = max(configuration.operationDeadlineMs, patienceMs)
            configuration.failoversMax = .max
        }
        return try await HFSFileSystem.connect(resolvedURI, user: user, configuration: configuration)
    }
}
