import Client
import Core

/// What the files of a trial that ended say beyond the journal.
struct TrialDetails: Sendable {
    /// Milliseconds since 1970.
    var startedMs: Int64
    var endedMs: Int64
    /// The last value of each metric.
    var metrics: [String: Double]
    /// All reports of the metric that is optimised.
    var series = MetricSeries()

    /// nil for a trial that left no result.
    static func read(
        _ trial: Int, _ paths: ExperimentPaths, metric: String, on fileSystem: HFSFileSystem
    ) async throws(HFSError) -> TrialDetails? {
        let folder = paths.result(trial)
        do throws(HFSError) {
            let bytes = try await fileSystem.contents(of: "\(folder)/attempt.json")
            let record = try CanonicalJSON.value(AttemptRecord.self, from: bytes)
            var details = TrialDetails(
                startedMs: record.startedMs, endedMs: record.endedMs, metrics: record.metrics)
            if !record.metrics.isEmpty {
                details.series = try await MetricLog.series(metric, in: folder, on: fileSystem)
            }
            return details
        } catch {
            guard error.code == .fileNotFound else { throw error }
            return nil
        }
    }

    /// Of several trials, eight read at a time.
    static func read(
        _ trials: some Sequence<Int>, _ paths: ExperimentPaths, metric: String, on fileSystem: HFSFileSystem
    ) async throws(HFSError) -> [Int: TrialDetails] {
        let trials = Array(trials)
        let details = try await BoundedTasks.map(trials, atMost: 8) { trial throws(HFSError) in
            try await Self.read(trial, paths, metric: metric, on: fileSystem)
        }
        return zip(trials, details).reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
}
