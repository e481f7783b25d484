import Client
import Core
import FoundationEssentials
import Glibc
import Logging
import Provenance

/// A tailer of the generator's own, with a graph in a folder that goes when it ends.
enum BenchTailer {
    /// Runs `body` beside a tailer that reads `feed` into a graph without anything in it.
    static func run<R: Sendable>(
        _ feed: any FeedReading, _ body: @escaping @Sendable (Tailer, TailerFigures) async throws -> R
    ) async throws -> R {
        let folder = FileManager.default.temporaryDirectory.path + "/hfs-bench-\(getpid())-\(Stopwatch.nowNs)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let store = try GraphStore(path: "\(folder)/graph.db")
        let figures = TailerFigures()
        let tailer = Tailer(
            store: store, feed: feed, figures: figures, logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }
        )
        let result = try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await tailer.run() }
            defer { group.cancelAll() }
            return try await body(tailer, figures)
        }
        try await store.close()
        return result
    }
}
