import ArgumentParser
import Client
import Provenance

/// `hfs-bench provenance catch-up`
struct CatchUpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "catch-up", abstract: "Folds everything that a namenode's feed holds into a new graph.",
        discussion: "The whole way: log, RPC, fold, SQLite. Fill the log first, for example with `hfs-bench metadata`.")

    @Option(help: "The namenode: hdfs://host:port.") var uri = "hdfs://127.0.0.1:8020"
    @Option(help: "A superuser.") var user = "root"

    func run() async throws {
        let fileSystem = try await HFSFileSystem.connect(uri, user: user)
        let line = try await BenchTailer.run(UnheldFeed(fileSystem: fileSystem, isFromNow: false)) { tailer, figures in
            let startNs = Stopwatch.nowNs
            _ = try await tailer.catchUp()
            let seconds = Double(Stopwatch.nowNs - startNs) / 1e9
            let events = figures.eventsTaken
            return
                "catch-up: \(events) events in \(Report.number(seconds)) s, \(Int(Double(events) / seconds)) events/s"
        }
        await fileSystem.close()
        print(line)
    }
}
