import Client
import Core
import Synchronization

/// Tells the namenode once a second of all attempts that run here, with one call, and has each do what the answer says: stop, or
/// end at once because it was fenced. While no namenode answers, programs go on, until the time for orphans is over.
final class AttemptRenewer: Sendable {
    private struct State {
        var runners: [RunID: AttemptRunner] = [:]
        /// When the namenode last answered, or there was nothing to tell.
        var heardMs: Int64
    }

    private static let intervalMs: Int64 = 1000

    private let fileSystem: HFSFileSystem
    private let orphanTimeoutMs: Int64
    private let clock: any HFSClock
    private let state: Mutex<State>

    init(_ fileSystem: HFSFileSystem, orphanTimeoutMs: Int64, clock: any HFSClock) {
        self.fileSystem = fileSystem
        self.orphanTimeoutMs = orphanTimeoutMs
        self.clock = clock
        state = Mutex(State(heardMs: clock.monotonicMs))
    }

    func add(_ runner: AttemptRunner) {
        state.withLock { $0.runners[runner.run] = runner }
    }

    func remove(_ runner: AttemptRunner) {
        state.withLock { $0.runners[runner.run] = nil }
    }

    /// Until its task is cancelled.
    func run() async {
        do throws(HFSError) {
            while !Task.isCancelled {
                let startedMs = clock.monotonicMs
                await tell()
                try await fileSystem.pause(ms: max(0, startedMs + Self.intervalMs - clock.monotonicMs))
            }
        } catch {
            // Cancelled.
        }
    }

    private func tell() async {
        let runners = state.withLock { $0.runners }
        guard !runners.isEmpty else { return state.withLock { $0.heardMs = clock.monotonicMs } }
        let reports = runners.sorted { $0.key < $1.key }.compactMap { $0.value.report() }
        do throws(HFSError) {
            let orders = try await fileSystem.renewAttempts(reports)
            state.withLock { $0.heardMs = clock.monotonicMs }
            for report in reports { runners[report.run]?.progress.wasTold(report.count) }
            for order in orders { runners[order.run]?.obey(order.kind) }
        } catch {
            let silentMs = clock.monotonicMs - state.withLock { $0.heardMs }
            guard silentMs > orphanTimeoutMs else { return }
            let reason = "its agent has reached no namenode for \(silentMs / 1000) s: \(error)"
            for runner in runners.values { runner.stop(.orphaned(reason)) }
        }
    }
}
