import ArgumentParser
import Client
import Core
import Provenance

/// `hfs-bench provenance lag`
struct LagCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lag", abstract: "How long changes at a fixed rate take into the graph.",
        discussion: """
            From the time that the namenode gave a change until a tailer of the generator's own had it in its graph, the log's \
            fdatasync included. Both on one machine: the times are of one clock.
            """)

    @Option(help: "The namenode: hdfs://host:port.") var uri = "hdfs://127.0.0.1:8020"
    @Option(help: "A superuser.") var user = "root"
    @Option(help: "Mutations a second.") var rate = 5000
    @Option(help: "How long.") var seconds = 20

    func validate() throws {
        guard 2...1_000_000 ~= rate, 1...3600 ~= seconds else {
            throw ValidationError("--rate takes 2 to 1000000, --seconds 1 to 3600")
        }
    }

    func run() async throws {
        let base = "/benchmarks/lag-\(Stopwatch.nowNs)"
        let creates = PacedCreates(
            target: try Target(address: uri, user: user, pids: ""), base: base, mutationsPerSecond: rate,
            seconds: seconds)
        let fileSystem = try await HFSFileSystem.connect(uri, user: user)
        try await fileSystem.makeDirectory(base)
        let line = try await BenchTailer.run(UnheldFeed(fileSystem: fileSystem, isFromNow: true)) { tailer, figures in
            // It follows when it has taken its first, empty page.
            _ = try await tailer.catchUp()
            let reached = try await BlockingWork.run(name: "hfs-bench-load") { () throws(HFSError) in try creates.run()
            }
            _ = try await tailer.catchUp()
            return """
                lag: \(figures.eventsTaken) events at \(Int(reached)) mutations/s; in the graph after \
                p50 \(figures.delayMs(atQuantile: 0.5)) ms, p99 \(figures.delayMs(atQuantile: 0.99)) ms, \
                most \(figures.delayMs(atQuantile: 1)) ms
                """
        }
        try await fileSystem.delete(base, recursive: true)
        await fileSystem.close()
        print(line)
    }
}
