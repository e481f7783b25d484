import Client
import Core
import Synchronization

/// Hears from the namenode of an experiment's running attempts: their reports, and their silence. Thread-safe.
final class AttemptWatch: Sendable {
    private static let waitMs: UInt32 = 1000
    /// Between two answers, so that many reports come together.
    private static let pauseMs: Int64 = 200

    private let fileSystem: HFSFileSystem
    private let experiment: String
    private let leaseMs: UInt32
    /// Values that are known of each; those that nobody wants to know count as known.
    private let known = Mutex<[RunID: UInt64]>([:])

    init(_ fileSystem: HFSFileSystem, experiment: String, leaseMs: UInt32) {
        self.fileSystem = fileSystem
        self.experiment = experiment
        self.leaseMs = leaseMs
    }

    /// - Parameter wantsValues: false to hear of its silence alone.
    func add(_ run: RunID, wantsValues: Bool) {
        known.withLock { known in
            if known[run] == nil { known[run] = wantsValues ? 0 : .max }
        }
    }

    func remove(_ run: RunID) { known.withLock { $0[run] = nil } }

    /// Tells `source` about once a second, until the task is cancelled. While no namenode answers there is nothing to tell.
    func run(_ source: AsyncStream<DriverNews>.Continuation) async {
        do throws(HFSError) {
            while !Task.isCancelled {
                source.yield(.attempts(await look()))
                try await fileSystem.pause(ms: Self.pauseMs)
            }
        } catch {
            // Cancelled.
        }
    }

    private func look() async -> [AttemptNews] {
        let asked = known.withLock { $0 }
        do throws(HFSError) {
            let news = try await fileSystem.watchAttempts(
                of: experiment, known: asked, leaseMs: leaseMs, waitMs: Self.waitMs)
            known.withLock { known in
                for news in news where known[news.run].map({ $0 < news.count }) == true { known[news.run] = news.count }
            }
            return news
        } catch {
            return []
        }
    }
}
