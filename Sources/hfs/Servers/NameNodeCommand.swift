import ArgumentParser
import Core
import Logging
import MetaStore
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
        let clock = SystemClock()
        let server = NameNodeServer(configuration: configuration, clock: clock, logger: logger) {
            () throws(HFSError) -> any MetadataEngine in
            var engine = ShardEngineConfiguration(directory: configuration.directory)
            engine.shardCount = configuration.shards
            engine.format = Self.newNamespace(host: configuration.host, clock: clock)
            return try ShardEngine.open(engine, clock: clock, logger: logger)
        }
        try await ServerRun.run(server, logger: logger) { _ = try await server.waitUntilReady() }
    }

    /// Names for a namespace to be made: random, and as HDFS writes them (`BP-random-address-time`).
    private static func newNamespace(host: String, clock: any HFSClock) -> ShardEngineConfiguration.Format {
        var random = SystemRandomNumberGenerator()
        let cluster = (0..<2).map { _ in String(random.next() as UInt64, radix: 16) }.joined()
        let pool = UInt32.random(in: 0 ... .max, using: &random)
        return ShardEngineConfiguration.Format(
            clusterID: "CID-\(cluster)", poolID: "BP-\(pool)-\(host)-\(clock.nowMs)")
    }
}
