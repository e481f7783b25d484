import Client
import Core
import Synchronization

/// Attempts that report once a second, through the protocol of agents and drivers.
struct AttemptsRun: Sendable {
    let uri: String
    let user: String
    let cpu: ProcessCPU
    let attempts: Int
    let agents: Int
    let seconds: Int
    let stops: Int

    private static let directory = "/benchmarks/hfs-bench-attempts"

    /// What the tasks have seen.
    private final class Seen: Sendable {
        struct State {
            var renewals = LatencyHistogram()
            var stops = LatencyHistogram()
            var reports = 0
            var heard = 0
            /// When each attempt's stop was asked for.
            var stoppedNs: [RunID: UInt64] = [:]
            var firstError: String?
        }

        let state = Mutex(State())

        func fail(_ error: HFSError) { state.withLock { $0.firstError = $0.firstError ?? "\(error)" } }
    }

    func measure() async throws -> AttemptsOutcome {
        let fileSystem = try await HFSFileSystem.connect(uri, user: user)
        try await fileSystem.makeDirectory(Self.directory)
        let experiment = try await fileSystem.status(of: Self.directory).inode
        let runs = try await start(fileSystem)
        let idle = cpu.sample()
        let length = Int64(seconds) * 1000
        try await fileSystem.pause(ms: length)
        let idleSpent = cpu.sample() - idle
        let seen = Seen()
        let before = cpu.sample()
        let startedNs = Stopwatch.nowNs
        await withTaskGroup(of: Void.self) { group in
            for index in 0..<agents {
                let own = stride(from: index, to: runs.count, by: agents).map { runs[$0] }
                group.addTask { await work(as: index, own, experiment, seen) }
            }
            group.addTask { await watch(runs, fileSystem, seen) }
            await stopSome(of: runs, fileSystem, seen)
            group.cancelAll()
        }
        let elapsed = Double(Stopwatch.nowNs - startedNs) / 1e9
        let spent = cpu.sample() - before
        try await end(runs, fileSystem)
        let state = seen.state.withLock { $0 }
        return AttemptsOutcome(
            attempts: attempts, agents: agents, seconds: elapsed, reportsPerSecond: Double(state.reports) / elapsed,
            idlePercent: idleSpent.totalSeconds / Double(seconds) * 100,
            loadedPercent: spent.totalSeconds / elapsed * 100,
            renewalP50Us: state.renewals.microseconds(atQuantile: 0.5),
            renewalP99Us: state.renewals.microseconds(atQuantile: 0.99), valuesTold: state.reports,
            valuesHeard: state.heard, stops: stops, stopsDelivered: Int(state.stops.count),
            stopP50Us: state.stops.microseconds(atQuantile: 0.5),
            stopP99Us: state.stops.microseconds(atQuantile: 0.99), firstError: state.firstError)
    }

    private func start(_ fileSystem: HFSFileSystem) async throws -> [RunID] {
        var runs: [RunID] = []
        for index in 0..<attempts {
            var request = HFSFileSystem.RunRequest(name: "attempt \(index)")
            request.kind = "trial"
            runs.append(try await fileSystem.startRun(request).run.id)
        }
        return runs
    }

    private func end(_ runs: [RunID], _ fileSystem: HFSFileSystem) async throws {
        for run in runs { try await fileSystem.endRun(run, .finished) }
        try await fileSystem.delete(Self.directory, recursive: true)
        await fileSystem.close()
    }

    /// An agent: one call a second. Agents begin at different moments.
    private func work(as index: Int, _ runs: [RunID], _ experiment: InodeID, _ seen: Seen) async {
        do throws(HFSError) {
            let fileSystem = try await HFSFileSystem.connect(uri, user: user)
            try await fileSystem.pause(ms: Int64(index * 1000 / agents))
            var step = 0
            while !Task.isCancelled {
                let startedNs = Stopwatch.nowNs
                let point = MetricPoint(step: step, value: Double(step))
                step += 1
                let reports = runs.map {
                    AttemptReport(run: $0, experiment: experiment, count: UInt64(step), points: [point])
                }
                let orders = try await fileSystem.renewAttempts(reports)
                let nowNs = Stopwatch.nowNs
                seen.state.withLock { state in
                    state.renewals.record(nowNs - startedNs)
                    state.reports += reports.count
                    for order in orders {
                        guard let sinceNs = state.stoppedNs.removeValue(forKey: order.run) else { continue }
                        state.stops.record(nowNs - sinceNs)
                    }
                }
                try await fileSystem.pause(ms: 1000 - Int64(Stopwatch.nowNs - startedNs) / 1_000_000)
            }
            await fileSystem.close()
        } catch {
            if error.code != .cancelled { seen.fail(error) }
        }
    }

    /// The driver.
    private func watch(_ runs: [RunID], _ fileSystem: HFSFileSystem, _ seen: Seen) async {
        var known = Dictionary(uniqueKeysWithValues: runs.map { ($0, UInt64(0)) })
        do throws(HFSError) {
            while !Task.isCancelled {
                let news = try await fileSystem.watchAttempts(
                    of: Self.directory, known: known, leaseMs: 30_000, waitMs: 1000)
                for news in news { known[news.run] = news.count }
                let count = news.reduce(0) { $0 + $1.points.count }
                seen.state.withLock { $0.heard += count }
                try await fileSystem.pause(ms: 200)
            }
        } catch {
            if error.code != .cancelled { seen.fail(error) }
        }
    }

    /// For as long as the measurement takes.
    private func stopSome(of runs: [RunID], _ fileSystem: HFSFileSystem, _ seen: Seen) async {
        let deadlineNs = Stopwatch.nowNs + UInt64(seconds) * 1_000_000_000
        do throws(HFSError) {
            // Those that were told last have time to come.
            let pauseMs = Int64(max(seconds - 2, 1) * 1000 / max(stops, 1))
            for run in runs.shuffled().prefix(stops) {
                let nowNs = Stopwatch.nowNs
                seen.state.withLock { $0.stoppedNs[run] = nowNs }
                _ = try await fileSystem.stopAttempts(
                    of: Self.directory, [run], reason: "stopped by the load generator")
                try await fileSystem.pause(ms: max(0, pauseMs - Int64(Stopwatch.nowNs - nowNs) / 1_000_000))
            }
            try await fileSystem.pause(ms: max(0, Int64(deadlineNs) - Int64(Stopwatch.nowNs)) / 1_000_000)
        } catch {
            seen.fail(error)
        }
    }
}
