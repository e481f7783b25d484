import ArgumentParser
import DataNode
import Logging

/// `hfs datanode --config F`
struct DataNodeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "datanode", abstract: "Run a datanode in the foreground; SIGTERM stops it in order.")

    @OptionGroup var options: ServerOptions

    func run() async throws {
        let (configuration, logger) = try ServerOptions.reporting("datanode") {
            try options.load(DataNodeConfiguration.self, label: "datanode")
        }
        let (registrations, registered) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let server = DataNodeServer(configuration, logger: logger, onRegistered: { registered.yield() })
        try await ServerRun.run(server, logger: logger) {
            for await _ in registrations { return }
            throw CancellationError()
        }
    }
}
