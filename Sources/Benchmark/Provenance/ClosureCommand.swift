import ArgumentParser
import Core
import FoundationEssentials
import Glibc
import Lineage
import Provenance

/// `hfs-bench provenance closure`
struct ClosureCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "closure", abstract: "Fills a graph through its store and asks what files were made from.",
        discussion: "Ten levels of runs, each run with some inputs of the level below and one output. Needs no cluster."
    )

    private static let batch = 4096

    @Option(help: "Edges of the graph.") var edges = 1_000_000
    @Option(help: "Inputs of each run.") var inputs = 9
    @Option(help: "Neighbours that a run's inputs are chosen from: how fast an answer widens.") var window = 32
    @Option(help: "Questions in each direction.") var questions = 100
    @Option(help: "Seed of the graph and the questions.") var seed: UInt64 = 1

    func validate() throws {
        guard edges > 0, inputs > 0, window > 0, questions > 0 else { throw ValidationError("counts must be positive") }
    }

    func run() async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/hfs-bench-\(getpid())-\(Stopwatch.nowNs)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let store = try GraphStore(path: "\(folder)/graph.db")
        var feed = PipelineFeed(edges: edges, inputsEach: inputs, window: window, seed: seed)
        let startNs = Stopwatch.nowNs
        let events = try await fill(store, &feed)
        let seconds = Double(Stopwatch.nowNs - startNs) / 1e9
        print(
            "graph: \(feed.edges) edges, \(events) events folded in \(Report.number(seconds)) s, "
                + "\(Int(Double(events) / seconds)) events/s")
        let levels = PipelineFeed.levels - 1
        try await ask("upstream", store, feed) {
            .upstream(path: PipelineFeed.path(level: levels, file: $0), depth: levels)
        }
        try await ask("downstream", store, feed) {
            .downstream(path: PipelineFeed.path(level: 0, file: $0), depth: levels)
        }
        try await store.close()
    }

    /// Gives how many events it took.
    private func fill(_ store: GraphStore, _ feed: inout PipelineFeed) async throws -> Int {
        var batch = feed.directories()
        var events = 0
        for level in 0..<PipelineFeed.levels {
            for file in 0..<feed.filesEach {
                batch += feed.file(level: level, file)
                guard batch.count >= Self.batch else { continue }
                events += try await take(&batch, store)
            }
        }
        return try await events + take(&batch, store)
    }

    private func take(_ batch: inout [FeedEntry], _ store: GraphStore) async throws -> Int {
        guard let last = batch.last else { return 0 }
        let count = try await store.take(batch, next: LSN(last.lsn.rawValue + 1))
        batch.removeAll(keepingCapacity: true)
        return count
    }

    private func ask(
        _ what: String, _ store: GraphStore, _ feed: PipelineFeed, _ question: (Int) -> LineageQuery
    ) async throws {
        var histogram = LatencyHistogram()
        var random = SplitMix64(seed)
        var nodes = 0
        var edges = 0
        for _ in 0..<questions {
            let query = question(Int(random.next() % UInt64(feed.filesEach)))
            let startNs = Stopwatch.nowNs
            let answer = try await store.answer(query)
            histogram.record(Stopwatch.nowNs - startNs)
            nodes += answer.nodes.count
            edges += answer.edges.count
        }
        print(
            "\(what), 10 levels: \(nodes / questions) versions, \(edges / questions) edges an answer; "
                + "p50 \(Report.number(histogram.microseconds(atQuantile: 0.5) / 1000)) ms, "
                + "p99 \(Report.number(histogram.microseconds(atQuantile: 0.99) / 1000)) ms")
    }
}
