import ArgumentParser
import Core
import Logging
import NameNode

/// `hfs namenode --config F`
struct NameNodeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "namenode", abstract: "Run a namenode in the foreground; SIGTERM stops it in order.",
        discussion: "A directory that holds no namespace yet is formatted.")

    @OptionGroup var options: ServerOptions

    func run() async throws {
        let (configuration, logger) = try ServerOptions.reporting("namenode") {
            try options.load(NameNodeConfiguration.self, label: "namenode")
        }
        let server = NameNodeServer(configuration: configuration, logger: logger)
        try await ServerRun.run(server, logger: logger) { _ = try await server.waitUntilReady() }
    }
}
