import ArgumentParser
import Logging
import Provenance

/// `hfs tailer --config F`
struct TailerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tailer", abstract: "Run the provenance service in the foreground; SIGTERM stops it in order.",
        discussion: "It follows the namenode's events into a graph and answers 'hfs provenance' and 'hfs search'.")

    @OptionGroup var options: ServerOptions

    func run() async throws {
        let (configuration, logger) = try ServerOptions.reporting("tailer") {
            try options.load(ProvenanceConfiguration.self, label: "tailer")
        }
        let (readiness, ready) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let server = ProvenanceServer(configuration, logger: logger, onReady: { _ in ready.yield() })
        try await ServerRun.run(server, logger: logger) {
            for await _ in readiness { return }
            throw CancellationError()
        }
    }
}
